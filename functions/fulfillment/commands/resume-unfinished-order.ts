import {
  type DueOrders,
  dueAtOfDueKey,
  dueOrders,
  foldOrder,
  nextDueAt,
  type Order,
  type OrderLog,
  orderIdOfDueKey,
  type TakenOrder,
  type Unfinished,
  unfinishedOf,
  wasDue,
} from '../../orders/index.ts';
import { isTransient } from '../../shared/kernel/faults.ts';
import { type Sweep, sweepEach } from '../../shared/kernel/sweep.ts';
import { addSeconds, type Clock, type Instant } from '../../shared/kernel/time.ts';
import { logger } from '../../shared/logging.ts';
import { nameOf, type Resumption, resumptionOf, type SagaName } from '../domain/resumption.ts';

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

/** Executions of one order that a caller tries to start: numbers are skipped only when a caller ended before it noted one. */
const maxNumbers = 10;

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
  readonly due: Pick<DueOrders, 'take' | 'note'>;
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
      const taken = await due.take(dueKey, nextDueAt(parts, now));
      if (order === undefined || taken === undefined) return 'nothing';
      const dueNow = parts.filter((part) => wasDue(part, dueAtOfDueKey(dueKey), now));
      const results = await Promise.all(
        dueNow.map((part) => remedy(part, order, resumptionOf(part, order, commits), taken)),
      );
      if (!results.includes('started')) return results.includes('tidied') ? 'helped' : 'nothing';
      return taken.nth > 1 ? 'helped_again' : 'helped';
    } catch (error) {
      if (!isTransient(error)) await due.take(dueKey, addSeconds(now, unreadableSeconds));
      throw error;
    }
  };

  async function remedy(
    { reason }: Unfinished,
    { orderId }: Order,
    resumption: Resumption | undefined,
    taken: TakenOrder,
  ): Promise<'nothing' | 'started' | 'tidied'> {
    if (resumption !== undefined) return (await restart(resumption, orderId, taken)) ? 'started' : 'nothing';
    const done = reason === 'backorder' ? await afterWaiting(orderId) : await expire(orderId);
    return done ? 'tidied' : 'nothing';
  }

  /** Starts the last execution again, which changes nothing while it runs, or else the next one. */
  async function restart(resumption: Resumption, orderId: string, taken: TakenOrder): Promise<boolean> {
    const { saga, input } = resumption;
    for (let number = taken.execution; number < taken.execution + maxNumbers; number++) {
      const name = nameOf(resumption, number);
      if ((await remedies.start(saga, name, input)) === 'exists') continue;
      if (number !== taken.execution) await due.note(taken, number);
      logger.warn('unfinished order resumed', { orderId, saga, execution: name });
      return true;
    }
    await due.note(taken, taken.execution + maxNumbers);
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
