import type { Instant } from '../../shared/kernel/time.ts';

/** Orders read at a time. */
const pageSize = 100;

/** An order that one caller has taken from the index to continue it. */
export interface TakenOrder {
  readonly orderId: string;
  /** Version of the order in the index. */
  readonly version: number;
  /** How often the order has been taken since its last change. */
  readonly nth: number;
  /** Number of the last execution that was started for it since its last change; 0 for the first one. */
  readonly execution: number;
}

/** Port to the index of the orders that are under way, by the time at which they are due. It may lag behind the log. */
export interface DueOrders {
  /** The keys after `after` that are due before `before`, oldest first; at most `limit`. */
  oldest(after: string | undefined, before: Instant, limit: number): Promise<readonly string[]>;
  /**
   * Moves an order to the next time at which it is due, or removes it, on condition that its key is still the same. Of
   * several callers with one key, one succeeds.
   *
   * @returns undefined when another caller was first or the order has changed.
   */
  take(dueKey: string, nextDueAt: Instant | undefined): Promise<TakenOrder | undefined>;
  /** Records the number of the last execution that was started for the order, unless the order has changed. */
  note(taken: TakenOrder, execution: number): Promise<void>;
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
