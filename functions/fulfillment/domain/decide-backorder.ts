import type { OrderEvent } from '../../../events/catalog.ts';
import { type Decision, isBeingUndone, type Order } from '../../orders/index.ts';
import { refuse } from '../../shared/kernel/refusal.ts';

/** What an order waits for, as the stock has it. */
export interface Waiting {
  readonly state: 'waiting' | 'filled';
  readonly sku: string;
  readonly units: number;
  readonly mode: 'backorder' | 'preorder';
}

/** Why an order goes on that waited for stock; the rule that starts its saga again listens to it. */
export const stockArrived = 'stock_arrived';

const resumed: OrderEvent = { type: 'OrderResumed', version: 1, data: { reason: stockArrived } };

/**
 * The order waits for stock and its saga ends; one that is to be undone has to be undone by it. Only the run that began with the order as it is may say so: a second
 * run that comes late must not put an order on hold that has long gone on.
 *
 * @param version of the order that the run started from.
 */
export function holdBackordered(
  order: Order,
  version: number,
  waiting: Waiting | undefined,
): Decision<'CANCELLATION_REQUESTED' | 'ORDER_ENDED'> {
  if (order.status !== 'placed') return [];
  if (order.undoing.cancellationRequested) return refuse('CANCELLATION_REQUESTED', 'The order is being cancelled.');
  if (isBeingUndone(order.undoing)) return refuse('ORDER_ENDED', 'The order is being rejected.');
  if (waiting === undefined || order.version !== version) return [];
  const { state, sku, units, mode } = waiting;
  const detail = mode === 'preorder' ? `${units} of ${sku} are preordered.` : `${units} of ${sku} are backordered.`;
  const held: OrderEvent = {
    type: 'OrderHeld',
    version: 1,
    data: { reason: 'backordered', detail, waitsFor: { sku, units } },
  };
  return state === 'filled' ? [held, resumed] : [held];
}

/** What it waited for is reserved: back to its saga. Whoever was cancelled meanwhile stays so. */
export function resumeBackordered(order: Order): Decision {
  return order.status === 'on_hold' && order.hold.reason === 'backordered' ? [resumed] : [];
}

/** An order whose run has reserved nothing and has not yet said that it waits: that run sends it on itself. */
export function isAboutToWait(order: Order): boolean {
  return order.status === 'placed' && order.version === 1;
}
