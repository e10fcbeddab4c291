import { isTransient } from '../../../shared/kernel/faults.ts';
import type { PoisonItem, StreamItem } from '../../../shared/stream-consumer.ts';
import type { BackorderedOrder } from '../domain/backorder.ts';
import { backorderFrom, backorderPrefix, queuePrefix } from './backorder-items.ts';

/** The work for one queue or one order, and the item that caused it. */
type Work = { readonly item: StreamItem; readonly run: () => Promise<void> };

/**
 * Consumes the inventory table's stream for backorders. It allocates stock to each queue that changed, once per batch,
 * and resumes each order that was filled.
 *
 * @returns the items whose work failed permanently; a transient fault is thrown and ends the batch.
 */
export function backorderStreamConsumer({
  allocate,
  resume,
}: {
  readonly allocate: (sku: string) => Promise<void>;
  readonly resume: (order: BackorderedOrder) => Promise<void>;
}) {
  return async (items: readonly StreamItem[]): Promise<readonly PoisonItem[]> => {
    const poison: PoisonItem[] = [];
    for (const { item, run } of [...walks(items, allocate), ...resumptions(items, resume)]) {
      try {
        await run();
      } catch (error) {
        if (isTransient(error)) throw error;
        poison.push({ item, error });
      }
    }
    return poison;
  };
}

function walks(items: readonly StreamItem[], allocate: (sku: string) => Promise<void>): Work[] {
  const changed = items.filter(({ key }) => key.pk?.startsWith(queuePrefix));
  const bySku = new Map(changed.map((item) => [(item.key.pk ?? '').slice(queuePrefix.length), item]));
  return [...bySku].map(([sku, item]) => ({ item, run: () => allocate(sku) }));
}

function resumptions(items: readonly StreamItem[], resume: (order: BackorderedOrder) => Promise<void>): Work[] {
  return items
    .filter(({ key }) => key.pk?.startsWith(backorderPrefix))
    .map((item) => ({
      item,
      run: async () => {
        const order = backorderFrom(item.image);
        if (order.state === 'filled') await resume(order);
      },
    }));
}
