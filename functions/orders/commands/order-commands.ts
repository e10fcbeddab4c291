import { TransientFault } from '../../shared/kernel/faults.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { Commit, Origin } from '../domain/commit.ts';
import type { Decision } from '../domain/decision.ts';
import { applyCommit, foldOrder } from '../domain/fold-order.ts';
import type { Order } from '../domain/order.ts';
import type { OrderLog } from './order-log.ts';

/**
 * Attempts to commit one decision. More concurrent commits on one order are the sign of two commands that undo each
 * other.
 */
const maxDecisions = 5;

export interface OrderCommands {
  /** The order as it is now. */
  load(orderId: string): Promise<Order | undefined>;
  /**
   * Loads the order, decides, and commits the events at the next version; loads and decides again when another commit took
   * that version.
   *
   * @param known the order as the caller believes it to be. Saves the read when it is current and costs one when it is not.
   * @returns the order after the commit, or the refusal.
   * @throws TransientFault when another commit was first at every attempt.
   */
  decide<Code extends string>(
    orderId: string,
    origin: Origin,
    decision: (order: Order) => Decision<Code>,
    known?: Order,
  ): Promise<Order | Refusal<Code | 'NOT_FOUND'>>;
}

export function orderCommands(log: OrderLog, clock: Clock): OrderCommands {
  const load = async (orderId: string): Promise<Order | undefined> => foldOrder(await log.read(orderId));
  return {
    load,
    async decide(orderId, origin, decision, known) {
      let order = known ?? (await load(orderId));
      for (let attempt = 0; attempt < maxDecisions; attempt++) {
        if (order === undefined) return refuse('NOT_FOUND', 'There is no such order.');
        const events = decision(order);
        if ('refused' in events) return events;
        if (events.length === 0) return order;
        const commit: Commit = { ...origin, orderId, version: order.version + 1, events, committedAt: clock() };
        const next = applyCommit(order, commit);
        if ((await log.append(commit)) === 'committed') return next;
        order = await load(orderId);
      }
      throw new TransientFault(`order ${orderId}: another commit took the version at each of ${maxDecisions} attempts`);
    },
  };
}
