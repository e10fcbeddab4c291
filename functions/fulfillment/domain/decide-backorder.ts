import type { OrderEvent } from '../../../events/catalog.ts';
import { type Decision, isBeingUndone, type Order } from '../../orders/index.ts';
import { isOrAre } from '../../shared/kernel/counted.ts';
import { refuse } from '../../shared/kernel/refusal.ts';

/** An order's entry in a backorder queue. */
export interface Waiting {
  readonly state: 'waiting' | 'filled';
  readonly sku: string;
  readonly units: number;
  readonly mode: 'backorder' | 'preorder';
  /** Version of the order from which the run started that put it into its queue. */
  readonly orderVersion: number;
}

/** The stored record of an order's entry, with what identifies it. */
export interface QueueRecord extends Waiting {
  readonly orderId: string;
  readonly revision: number;
}

/** The reason in OrderResumed of an order whose stock arrived. The rule that starts its saga again matches it. */
const stockArrived = 'stock_arrived';

const resumed: OrderEvent = { type: 'OrderResumed', version: 1, data: { reason: stockArrived } };

/**
 * Puts an order that waits for stock on hold. Refused while the order is being undone: the saga then undoes it instead of
 * ending. Only the run that started from the order's current version may hold it, so that a late duplicate run does not
 * hold an order that has been resumed. An entry that is filled already is held and resumed in one commit.
 *
 * @param version of the order that the run started from.
 * @param waiting the order's queue entry; without one there are no events.
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
  return waiting.state === 'filled' ? [heldFor(waiting), resumed] : [heldFor(waiting)];
}

function heldFor({ sku, units, mode }: Waiting): OrderEvent {
  const detail = `${units} of ${sku} ${isOrAre(units)} ${mode === 'preorder' ? 'preordered' : 'backordered'}.`;
  return { type: 'OrderHeld', version: 2, data: { reason: 'backordered', detail, waitsFor: { sku, units } } };
}

/** Records that an order on hold for stock waits for another SKU than before. */
export function waitElsewhere(order: Order, waiting: Waiting): Decision {
  if (order.status !== 'on_hold' || order.hold.reason !== 'backordered') return [];
  return order.hold.waitsFor?.sku === waiting.sku ? [] : [heldFor(waiting)];
}

/**
 * Resumes an order whose units are now reserved. No events when the order is not on hold for stock, as after a
 * cancellation.
 */
export function resumeBackordered(order: Order): Decision {
  return order.status === 'on_hold' && order.hold.reason === 'backordered' ? [resumed] : [];
}

/**
 * True while the run that put the order into its queue may still commit that the order waits. That run then resumes the
 * order itself.
 *
 * @param version of the order from which that run started.
 */
export function isAboutToWait(order: Order, version: number): boolean {
  return order.status === 'placed' && order.version === version;
}
