import {
  type DueOrders,
  dueOrders,
  foldOrder,
  nextDueAt,
  type Order,
  type OrderLog,
  orderIdOfDueKey,
  type Unfinished,
  unfinishedOf,
} from '../../orders/index.ts';
import { isTransient } from '../../shared/kernel/faults.ts';
import { type Sweep, sweepEach } from '../../shared/kernel/sweep.ts';
import { addSeconds, type Clock, type Instant } from '../../shared/kernel/time.ts';
import { logger } from '../../shared/logging.ts';
import { namesOf, type Resumption, resumptionOf, type SagaName } from '../domain/resumption.ts';

/** Seconds until an order is looked at again whose log cannot be read; it must not be in front of the others meanwhile. */
const unreadableSeconds = 21_600;

export interface Remedies {
  /** Starts an execution. `exists`: one of this name has ended, or runs with another input. */
  start(saga: SagaName, name: string, input: object): Promise<'accepted' | 'exists'>;
  /** Releases the order's hold if it has expired. @returns whether a hold was released. */
  expireHold(orderId: string, now: Instant): Promise<boolean>;
  /** Resumes an order that waits for stock if its units are reserved. @returns whether it was. */
  resumeFilled(orderId: string): Promise<boolean>;
}

/** What was done for one order: nothing, something for the first time, or again, because the first time did not help. */
type Outcome = 'nothing' | 'helped' | 'helped_again';

/**
 * Continues what is overdue for an order by its log; the index that named it may be out of date. The order is taken
 * first, so that of two callers one continues it, and an order that does not end comes after all others the next time.
 *
 * @throws the fault of a remedy; the order is then due again later.
 */
export function unfinishedOrderResumer(deps: {
  readonly log: Pick<OrderLog, 'read'>;
  readonly due: Pick<DueOrders, 'take'>;
  readonly remedies: Remedies;
  readonly clock: Clock;
  readonly holdSeconds: number;
}) {
  const { log, due, remedies, clock, holdSeconds } = deps;
  return async (dueKey: string): Promise<Outcome> => {
    const orderId = orderIdOfDueKey(dueKey);
    const now = clock();
    try {
      const commits = await log.read(orderId);
      const order = foldOrder(commits);
      const parts = order === undefined ? [] : unfinishedOf(order, holdSeconds);
      const nth = await due.take(dueKey, nextDueAt(parts, now));
      if (order === undefined || nth === undefined) return 'nothing';
      const overdue = parts.filter(({ dueAt }) => dueAt <= now);
      const results = await Promise.all(
        overdue.map((part) => remedy(part, order, resumptionOf(part, order, commits), nth)),
      );
      if (!results.includes('started')) return results.includes('tidied') ? 'helped' : 'nothing';
      return nth > 1 ? 'helped_again' : 'helped';
    } catch (error) {
      if (!isTransient(error)) await due.take(dueKey, addSeconds(now, unreadableSeconds));
      throw error;
    }
  };

  async function remedy(
    { reason }: Unfinished,
    { orderId }: Order,
    resumption: Resumption | undefined,
    nth: number,
  ): Promise<'nothing' | 'started' | 'tidied'> {
    if (resumption !== undefined) return (await restart(resumption, orderId, nth)) ? 'started' : 'nothing';
    const done = reason === 'backorder' ? await afterWaiting(orderId) : await expire(orderId);
    return done ? 'tidied' : 'nothing';
  }

  async function restart({ saga, input, ...resumption }: Resumption, orderId: string, nth: number): Promise<boolean> {
    for (const name of namesOf({ saga, input, ...resumption }, nth)) {
      if ((await remedies.start(saga, name, input)) === 'exists') continue;
      logger.warn('unfinished order resumed', { orderId, saga, execution: name });
      return true;
    }
    return false;
  }

  async function afterWaiting(orderId: string): Promise<boolean> {
    if (!(await remedies.resumeFilled(orderId))) return expire(orderId);
    logger.warn('filled order resumed', { orderId });
    return true;
  }

  async function expire(orderId: string): Promise<boolean> {
    const expired = await remedies.expireHold(orderId, clock());
    if (expired) logger.info('hold expired', { orderId });
    return expired;
  }
}

/**
 * Continues the orders that are due, oldest first, until there are no more or `seconds` are over.
 *
 * @returns the sweep, and the number of orders that were continued before without having ended.
 */
export async function resumeUnfinished(
  resume: (dueKey: string) => Promise<Outcome>,
  { due, clock, seconds }: { readonly due: Pick<DueOrders, 'oldest'>; readonly clock: Clock; readonly seconds: number },
): Promise<{ readonly sweep: Sweep; readonly repeatedCount: number }> {
  const now = clock();
  const end = addSeconds(now, seconds);
  let repeatedCount = 0;
  const keys = dueOrders(due, now, () => clock() >= end);
  const sweep = await sweepEach(keys, async (dueKey) => {
    const outcome = await resume(dueKey);
    if (outcome === 'helped_again') repeatedCount += 1;
    return outcome !== 'nothing';
  });
  return { sweep, repeatedCount };
}
