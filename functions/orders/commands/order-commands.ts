import { TransientFault } from '../../shared/kernel/faults.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { Commit, Origin } from '../domain/commit.ts';
import { recordDelivery } from '../domain/decide-delivery.ts';
import type { Decision } from '../domain/decision.ts';
import { applyCommit, foldOrder } from '../domain/fold-order.ts';
import type { Order } from '../domain/order.ts';
import type { OrderLog } from './order-log.ts';

/** Times a decision is taken anew because somebody else committed first. More says that two parties fight. */
const maxDecisions = 5;

export interface OrderCommands {
  /** The order as it is now. */
  load(orderId: string): Promise<Order | undefined>;
  /**
   * Loads, decides and commits at the version decided on; decides anew when somebody was faster.
   *
   * @param known what the caller believes the order to be; saves the read when it is right and costs one when not.
   * @throws TransientFault when others were faster each time.
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
      throw new TransientFault(`order ${orderId}: others committed first ${maxDecisions} times`);
    },
  };
}

/** What the carrier's report of a delivery does to an order. */
export function deliveryRecorder(commands: OrderCommands) {
  return (
    orderId: string,
    shipmentId: string,
    deliveredAt: string,
    origin: Origin,
  ): Promise<Order | Refusal<'NOT_FOUND' | 'NOT_DISPATCHED_YET' | 'SHIPMENT_CANCELLED'>> =>
    commands.decide(orderId, origin, (order) => recordDelivery(order, shipmentId, deliveredAt));
}
