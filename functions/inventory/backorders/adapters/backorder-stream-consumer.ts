import { isTransient } from '../../../shared/kernel/faults.ts';
import type { PoisonItem, StreamItem } from '../../../shared/stream-consumer.ts';
import type { BackorderedOrder } from '../domain/backorder.ts';
import { backorderFrom, backorderPrefix, queuePrefix } from './backorder-items.ts';

/** The work for one queue or one order, and the item that caused it. */
type Work = { readonly item: StreamItem; readonly run: () => Promise<void> };

/**
 * Consumes the inventory table's stream for backorders. It allocates stock to each queue that changed, once per batch,
 * resumes each order that left its queue, and reports each order that moved to another queue.
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
  readonly allocate: (sku: string) => Promise<void>;
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

function walks(items: readonly StreamItem[], allocate: (sku: string) => Promise<void>): Work[] {
  const changed = items.filter(({ key }) => key.pk?.startsWith(queuePrefix));
  const bySku = new Map(changed.map((item) => [(item.key.pk ?? '').slice(queuePrefix.length), item]));
  return [...bySku].map(([sku, item]) => ({ item, run: () => allocate(sku) }));
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
