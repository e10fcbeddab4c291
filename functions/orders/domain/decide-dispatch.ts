import type { OrderEvent } from '../../../events/catalog.ts';
import { messageOf } from '../../fulfillment/domain/saga-failure.ts';
import type { DispatchSagaState } from '../../fulfillment/domain/saga-state.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { Decision } from './decision.ts';
import { isBeingUndone, type Order, type Shipment } from './order.ts';

/** The warehouse handed the shipment over. Asking again while it is under way changes nothing. */
export function requestDispatch(order: Order, shipmentId: string): Decision<'NOT_FOUND' | 'SHIPMENT_NOT_DISPATCHABLE'> {
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (shipment === undefined) return refuse('NOT_FOUND', 'The order has no such shipment.');
  if (shipment.status === 'dispatched' || shipment.status === 'delivered') return [];
  if (order.status !== 'confirmed' && !isHeldForDispatch(order)) {
    return refuse('SHIPMENT_NOT_DISPATCHABLE', `The order is ${order.status}.`);
  }
  const { undoing } = order.status === 'confirmed' ? order : order.held;
  if (isBeingUndone(undoing)) return refuse('SHIPMENT_NOT_DISPATCHABLE', 'The order is being cancelled.');
  if (shipment.status === 'cancelled') return refuse('SHIPMENT_NOT_DISPATCHABLE', 'The shipment is cancelled.');
  if (shipment.status === 'dispatch_requested' && !shipment.dispatchFailed) return [];
  return [...resumed(order, shipmentId), dispatchOf(order, shipment)];
}

function isHeldForDispatch(order: Order): order is Extract<Order, { status: 'on_hold' }> {
  return order.status === 'on_hold' && ['capture_failed', 'dispatch_failed'].includes(order.hold.reason);
}

/** The hold is over once no dispatch but this shipment's has failed. */
function resumed(order: Order, shipmentId: string): OrderEvent[] {
  const othersFailed = order.shipments.some((each) => each.dispatchFailed && each.shipmentId !== shipmentId);
  if (!isHeldForDispatch(order) || othersFailed) return [];
  return [{ type: 'OrderResumed', version: 1, data: { reason: 'dispatch' } }];
}

function dispatchOf(order: Order, shipment: Shipment): OrderEvent {
  const { shipmentId, location, lines, amountMinor } = shipment;
  const others = order.shipments.filter((each) => each.shipmentId !== shipmentId && each.status !== 'cancelled');
  const captured = new Set(order.payment.capturedShipments);
  return {
    type: 'DispatchRequested',
    version: 1,
    data: {
      shipmentId,
      location,
      lines,
      paymentId: order.payment.paymentId ?? '',
      amountMinor,
      currency: order.currency,
      // Only once every other capture is known to be through: a capture that says it is the last gives the rest back.
      finalCapture: others.every((each) => captured.has(each.shipmentId)),
    },
  };
}

/**
 * The money is taken and the stock booked out. A hold for this shipment is over. Refused once the order is being
 * cancelled, which it can only be while no shipment is on its way: then a run of the saga that came late or twice went on
 * after another had given up, and what it took is given back with the rest.
 */
export function recordDispatch(order: Order, state: DispatchSagaState): Decision<'ORDER_ENDED'> {
  const shipment = order.shipments.find((each) => each.shipmentId === state.shipmentId);
  if (shipment === undefined || shipment.status === 'dispatched' || shipment.status === 'delivered') return [];
  if (order.status !== 'confirmed' && order.status !== 'on_hold') {
    return refuse('ORDER_ENDED', `The order is ${order.status}.`);
  }
  const { undoing } = order.status === 'confirmed' ? order : order.held;
  if (isBeingUndone(undoing)) return refuse('ORDER_ENDED', 'The order is being cancelled.');
  const { shipmentId, carrier, trackingCode } = shipment;
  return [
    ...resumed(order, shipmentId),
    ...captured(order, state),
    { type: 'ShipmentDispatched', version: 1, data: { shipmentId, carrier, trackingCode } },
  ];
}

function captured(order: Order, { capture, shipmentId }: DispatchSagaState): OrderEvent[] {
  if (capture === undefined || order.payment.capturedShipments.includes(shipmentId)) return [];
  return [{ type: 'PaymentCaptured', version: 1, data: { ...capture, shipmentId } }];
}

/**
 * The shipment stays where it is until a person has looked: without the money, or with the money but not booked out.
 * A shipment that another run dispatched, or whose failure is on record, is left as it is.
 */
export function holdDispatch(order: Order, state: DispatchSagaState): Decision {
  const { shipmentId } = state;
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (order.status !== 'confirmed' && !isHeldForDispatch(order)) return [];
  if (shipment?.status !== 'dispatch_requested' || shipment.dispatchFailed) return [];
  if (state.capture !== undefined) {
    const detail = `Shipment ${shipmentId} is paid for but could not be booked out; request its dispatch again.`;
    return [...captured(order, state), held('dispatch_failed', detail, shipmentId)];
  }
  const failure = captureFailure(state);
  return [
    { type: 'PaymentCaptureFailed', version: 1, data: { ...failure, shipmentId } },
    held('capture_failed', `Shipment ${shipmentId} is held: ${failure.detail}`, shipmentId),
  ];
}

function held(reason: 'capture_failed' | 'dispatch_failed', detail: string, shipmentId: string): OrderEvent {
  return { type: 'OrderHeld', version: 1, data: { reason, detail, shipmentId } };
}

function captureFailure({ failure }: DispatchSagaState): { code: string; detail: string } {
  if (failure?.Error === 'PAYMENT_CAPTURE_REFUSED') {
    return { code: failure.Error, detail: messageOf(failure.Cause) ?? 'The capture was refused.' };
  }
  return { code: 'PAYMENT_UNAVAILABLE', detail: 'The payment gateway could not be reached.' };
}
