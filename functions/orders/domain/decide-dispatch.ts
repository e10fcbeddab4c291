import type { OrderEvent } from '../../../events/catalog.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Decision } from './decision.ts';
import { type HoldReason, isBeingUndone, type Order, type Shipment } from './order.ts';
import { isDispatchOverdue } from './unfinished.ts';
import { hasFrozenAmounts, shippingBesideParcels } from './unit-amounts.ts';

/**
 * Starts the dispatch of a shipment that was handed to its carrier. A second request changes nothing while the first
 * one is under way, and starts the dispatch again when the first one should have ended.
 */
export function requestDispatch(
  order: Order,
  shipmentId: string,
  now: Instant,
): Decision<'NOT_FOUND' | 'SHIPMENT_NOT_DISPATCHABLE'> {
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (shipment === undefined) return refuse('NOT_FOUND', 'The order has no such shipment.');
  if (shipment.status === 'dispatched' || shipment.status === 'delivered') return [];
  if (order.status !== 'confirmed' && !isHeldForDispatch(order)) {
    return refuse('SHIPMENT_NOT_DISPATCHABLE', `The order is ${order.status}.`);
  }
  const { undoing } = order.status === 'confirmed' ? order : order.held;
  if (isBeingUndone(undoing)) return refuse('SHIPMENT_NOT_DISPATCHABLE', 'The order is being cancelled.');
  if (shipment.status === 'cancelled') return refuse('SHIPMENT_NOT_DISPATCHABLE', 'The shipment is cancelled.');
  const isUnderWay = shipment.status === 'dispatch_requested' && !shipment.dispatchFailed;
  if (isUnderWay && !isDispatchOverdue(order, shipmentId, now)) return [];
  return [...resumedByDispatch(order, shipmentId), dispatchOf(order, shipment)];
}

const holdsOfDispatch: ReadonlySet<HoldReason> = new Set([
  'capture_failed',
  'dispatch_failed',
  'authorization_expired',
]);

/** True while the order is on hold because a capture, a dispatch or another authorization failed. */
export function isHeldForDispatch(order: Order): order is Extract<Order, { status: 'on_hold' }> {
  return order.status === 'on_hold' && holdsOfDispatch.has(order.hold.reason);
}

/** Ends a hold for a failed dispatch, unless the dispatch of another shipment has failed as well. */
export function resumedByDispatch(order: Order, shipmentId: string): OrderEvent[] {
  const othersFailed = order.shipments.some((each) => each.dispatchFailed && each.shipmentId !== shipmentId);
  if (!isHeldForDispatch(order) || othersFailed) return [];
  return [{ type: 'OrderResumed', version: 1, data: { reason: 'dispatch' } }];
}

function dispatchOf(order: Order, shipment: Shipment): OrderEvent {
  const { shipmentId, location, lines, digital } = shipment;
  const others = order.shipments.filter((each) => each.shipmentId !== shipmentId && each.status !== 'cancelled');
  const captured = new Set(order.payment.capturedShipments);
  const isSingle = order.payments.some((each) => each.multicapture === false);
  return {
    type: 'DispatchRequested',
    version: 1,
    data: {
      shipmentId,
      location,
      lines,
      paymentId: order.payment.paymentId ?? '',
      ...captureOf(order, shipment),
      currency: order.currency,
      // The final capture releases what is left of the authorization, so every other capture must be on record.
      finalCapture: others.every((each) => captured.has(each.shipmentId)),
      ...(isSingle ? { singleCapture: true } : {}),
      ...(digital && { digital }),
    },
  };
}

/**
 * What is captured for a shipment. The charge for shipping goes with the first capture that is requested and was not refused, and
 * with a digital shipment only when nothing of the order is shipped. A capture that may have been made is requested with the same
 * amount again.
 */
function captureOf(order: Order, { shipmentId, amountMinor, captureRequest, digital }: Shipment) {
  if (captureRequest !== undefined) return captureRequest;
  const othersAreShipped = order.shipments.some((each) => !each.digital && each.status !== 'cancelled');
  if (!hasFrozenAmounts(order) || (digital && othersAreShipped)) return { amountMinor };
  if ((order.shippingWith ?? shipmentId) !== shipmentId) return { amountMinor };
  const shippingMinor = shippingBesideParcels(order);
  return { amountMinor: amountMinor + shippingMinor, shippingMinor };
}
