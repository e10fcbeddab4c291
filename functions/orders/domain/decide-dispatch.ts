import type { OrderEvent } from '../../../events/catalog.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { DispatchSagaState } from '../../shared/saga-state.ts';
import type { Decision } from './decision.ts';
import { isBeingUndone, type Order, type Shipment } from './order.ts';
import { messageOf } from './saga-failure.ts';

/** The warehouse handed the shipment over. Asking again while it is under way changes nothing. */
export function requestDispatch(order: Order, shipmentId: string): Decision<'NOT_FOUND' | 'SHIPMENT_NOT_DISPATCHABLE'> {
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (shipment === undefined) return refuse('NOT_FOUND', 'The order has no such shipment.');
  if (shipment.status === 'dispatched' || shipment.status === 'delivered') return [];
  if (order.status === 'on_hold' && isDispatchHold(order.hold.reason)) {
    return [{ type: 'OrderResumed', version: 1, data: { reason: 'dispatch' } }, dispatchOf(order, shipment)];
  }
  if (order.status !== 'confirmed') {
    return refuse('SHIPMENT_NOT_DISPATCHABLE', `The order is ${order.status}.`);
  }
  if (isBeingUndone(order.undoing)) return refuse('SHIPMENT_NOT_DISPATCHABLE', 'The order is being cancelled.');
  if (shipment.status === 'dispatch_requested') return [];
  if (shipment.status === 'cancelled') return refuse('SHIPMENT_NOT_DISPATCHABLE', 'The shipment is cancelled.');
  return [dispatchOf(order, shipment)];
}

function isDispatchHold(reason: string): boolean {
  return reason === 'capture_failed' || reason === 'dispatch_failed';
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

/** The money is taken and the stock booked out. Whoever put the order on hold meanwhile is overtaken by the facts. */
export function recordDispatch(order: Order, state: DispatchSagaState): Decision {
  const shipment = order.shipments.find((each) => each.shipmentId === state.shipmentId);
  if (shipment === undefined || shipment.status === 'dispatched' || shipment.status === 'delivered') return [];
  const { shipmentId, carrier, trackingCode } = shipment;
  return [
    ...resumed(order),
    ...captured(order, state),
    { type: 'ShipmentDispatched', version: 1, data: { shipmentId, carrier, trackingCode } },
  ];
}

function resumed(order: Order): OrderEvent[] {
  return order.status === 'on_hold' ? [{ type: 'OrderResumed', version: 1, data: { reason: 'dispatch' } }] : [];
}

function captured(order: Order, { capture, shipmentId }: DispatchSagaState): OrderEvent[] {
  if (capture === undefined || order.payment.capturedShipments.includes(shipmentId)) return [];
  return [{ type: 'PaymentCaptured', version: 1, data: { ...capture, shipmentId } }];
}

/** The shipment stays where it is until a person has looked: without the money, or with the money but not booked out. */
export function holdDispatch(order: Order, state: DispatchSagaState): Decision {
  if (order.status !== 'confirmed') return [];
  if (state.capture !== undefined) {
    const detail = `Shipment ${state.shipmentId} is paid for but could not be booked out; request its dispatch again.`;
    return [...captured(order, state), { type: 'OrderHeld', version: 1, data: { reason: 'dispatch_failed', detail } }];
  }
  const failure = captureFailure(state);
  return [
    { type: 'PaymentCaptureFailed', version: 1, data: { ...failure, shipmentId: state.shipmentId } },
    {
      type: 'OrderHeld',
      version: 1,
      data: { reason: 'capture_failed', detail: `Shipment ${state.shipmentId} is held: ${failure.detail}` },
    },
  ];
}

function captureFailure({ failure }: DispatchSagaState): { code: string; detail: string } {
  if (failure?.Error === 'PAYMENT_CAPTURE_REFUSED') {
    return { code: failure.Error, detail: messageOf(failure.Cause) ?? 'The capture was refused.' };
  }
  return { code: 'PAYMENT_UNAVAILABLE', detail: 'The payment gateway could not be reached.' };
}
