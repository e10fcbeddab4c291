import { isTransient } from '../../../shared/kernel/faults.ts';
import type { PoisonItem, StreamItem } from '../../../shared/stream-consumer.ts';
import { prefixes } from '../../sharding/adapters/keys.ts';
import type { WaitingOrder } from '../commands/backorder-queue.ts';
import { waitingFrom } from './backorder-items.ts';

/** What is done for one line or one order; a fault that may pass ends the batch. */
type Work = { readonly item: StreamItem; readonly run: () => Promise<void> };

/**
 * What the stream of the stock table means to those who wait. A line that changed is walked, once for the whole batch;
 * an order that was filled goes on.
 */
export function lineFollower({
  fill,
  resume,
}: {
  readonly fill: (sku: string) => Promise<void>;
  readonly resume: (order: WaitingOrder) => Promise<void>;
}) {
  return async (items: readonly StreamItem[]): Promise<readonly PoisonItem[]> => {
    const poison: PoisonItem[] = [];
    for (const { item, run } of [...walks(items, fill), ...resumptions(items, resume)]) {
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

function walks(items: readonly StreamItem[], fill: (sku: string) => Promise<void>): Work[] {
  const changed = items.filter(({ key }) => key.pk?.startsWith(prefixes.line));
  const bySku = new Map(changed.map((item) => [(item.key.pk ?? '').slice(prefixes.line.length), item]));
  return [...bySku].map(([sku, item]) => ({ item, run: () => fill(sku) }));
}

function resumptions(items: readonly StreamItem[], resume: (order: WaitingOrder) => Promise<void>): Work[] {
  return items
    .filter(({ key }) => key.pk?.startsWith(prefixes.waiting))
    .map((item) => ({
      item,
      run: async () => {
        const order = waitingFrom(item.image);
        if (order.state === 'filled') await resume(order);
      },
    }));
}
