import { isTransient } from '../../../shared/kernel/faults.ts';
import type { PoisonItem, StreamItem } from '../../../shared/stream-consumer.ts';
import type { BackorderedOrder, QueuePlace } from '../domain/backorder.ts';
import { backorderFrom, backorderPrefix, queuePrefix } from './backorder-items.ts';

type Allocate = (sku: string, joined: readonly QueuePlace[]) => Promise<void>;

/** The work for one queue or one order, and the item that caused it. */
type Work = { readonly item: StreamItem; readonly run: () => Promise<void> };

/**
 * Consumes the inventory table's stream for backorders. It allocates stock to each queue that changed or that an order
 * joined, once per batch, resumes each order that left its queue, and reports each order that moved to another queue.
 *
 * @returns the items whose work failed permanently.
 * @throws the first transient fault, after the work of all other items: the batch is repeated, and no queue waits for
 * the fault of another.
 */
export function backorderStreamConsumer({
  allocate,
  resume,
  moved,
}: {
  /** `joined`: orders of the batch that have joined the queue or moved to it. */
  readonly allocate: Allocate;
  readonly resume: (order: BackorderedOrder) => Promise<void>;
  readonly moved: (order: BackorderedOrder) => Promise<void>;
}) {
  return async (items: readonly StreamItem[]): Promise<readonly PoisonItem[]> => {
    const poison: PoisonItem[] = [];
    const transient: unknown[] = [];
    for (const { item, run } of [...walks(items, allocate), ...changedOrders(items, resume, moved)]) {
      try {
        await run();
      } catch (error) {
        if (isTransient(error)) transient.push(error);
        else poison.push({ item, error });
      }
    }
    // The repeated batch meets the poison items again, and returns them then.
    if (transient.length > 0) throw transient[0];
    return poison;
  };
}

/** A queue and the order that joins it are in different batches when their keys are in different parts of the stream. */
function walks(items: readonly StreamItem[], allocate: Allocate): Work[] {
  const queues = new Map<string, { item: StreamItem; joined: QueuePlace[] }>();
  for (const item of items) {
    const { pk = '' } = item.key;
    const place = pk.startsWith(backorderPrefix) ? placeIn(pk, item) : undefined;
    const sku = pk.startsWith(queuePrefix) ? pk.slice(queuePrefix.length) : place?.sku;
    if (sku === undefined) continue;
    const queue = queues.get(sku) ?? { item, joined: [] };
    if (place !== undefined) queue.joined.push(place);
    else queue.item = item;
    queues.set(sku, queue);
  }
  return [...queues].map(([sku, { item, joined }]) => ({ item, run: () => allocate(sku, joined) }));
}

/** The place of a waiting order in its queue. Only the attributes of the index are read, as the record may be damaged. */
function placeIn(pk: string, { image }: StreamItem): (QueuePlace & { readonly sku: string }) | undefined {
  const [sku, since] = [image.waitSku?.S, image.waitSince?.S];
  return sku === undefined || since === undefined
    ? undefined
    : { sku, orderId: pk.slice(backorderPrefix.length), since };
}

function changedOrders(
  items: readonly StreamItem[],
  resume: (order: BackorderedOrder) => Promise<void>,
  moved: (order: BackorderedOrder) => Promise<void>,
): Work[] {
  return items
    .filter(({ key }) => key.pk?.startsWith(backorderPrefix))
    .map((item) => ({
      item,
      run: async () => {
        const order = backorderFrom(item.image);
        if (order.state === 'filled') await resume(order);
        else if (order.revision > 0) await moved(order);
      },
    }));
}
