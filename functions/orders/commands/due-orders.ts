import type { Instant } from '../../shared/kernel/time.ts';

/** Orders read at a time. */
const pageSize = 100;

/** Port to the index of the orders that are under way, by the time at which they are due. It may lag behind the log. */
export interface DueOrders {
  /** The keys after `after` that are due before `before`, oldest first; at most `limit`. */
  oldest(after: string | undefined, before: Instant, limit: number): Promise<readonly string[]>;
  /**
   * Moves an order to the next time at which it is due, or removes it, on condition that its key is still the same. Of
   * several callers with one key, one succeeds.
   *
   * @returns how often the order has been taken since its last change; undefined when another caller was first or the
   *   order has changed.
   */
  take(dueKey: string, nextDueAt: Instant | undefined): Promise<number | undefined>;
}

/**
 * Lists the keys of the orders that are due, oldest first, until there are no more or `isOver` says so. What is left is
 * the beginning of the next run, because orders that were taken have a later time.
 */
export async function* dueOrders(
  index: Pick<DueOrders, 'oldest'>,
  now: Instant,
  isOver: () => boolean,
): AsyncGenerator<readonly string[]> {
  let after: string | undefined;
  while (!isOver()) {
    const keys = await index.oldest(after, now, pageSize);
    if (keys.length > 0) yield keys;
    if (keys.length < pageSize) return;
    after = keys.at(-1);
  }
}
