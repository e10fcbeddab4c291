import type { OrderEvent } from '../../../events/catalog.ts';
import {
  type Decision,
  isBeingUndone,
  isHeldForDispatch,
  type Order,
  reportedDelivery,
  resumedByDispatch,
} from '../../orders/index.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import { isConfigurationFailure, messageOf } from './saga-failure.ts';
import type { DispatchSagaState } from './saga-state.ts';

/**
 * Records that the money is captured and the stock is committed, ends the hold for this shipment, and records a delivery that
 * was reported before. Refused while the order is being cancelled. A cancellation is accepted only while no shipment is
 * dispatched, so this run of the saga is late or a duplicate; the cancellation returns what this run captured and committed.
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
  const resumed = resumedByDispatch(order, shipmentId);
  return [
    ...resumed,
    ...captured(order, state),
    { type: 'ShipmentDispatched', version: 1, data: { shipmentId, carrier, trackingCode } },
    ...reportedDelivery(order, shipmentId, order.status === 'confirmed' || resumed.length > 0),
  ];
}

function captured(order: Order, { capture, shipmentId }: DispatchSagaState): OrderEvent[] {
  if (capture === undefined || order.payment.capturedShipments.includes(shipmentId)) return [];
  return [{ type: 'PaymentCaptured', version: 1, data: { ...capture, shipmentId } }];
}

/**
 * Puts the order on hold for a person: the capture failed, or the money is captured and the stock could not be committed.
 * No change where another run has dispatched the shipment or the failure is on record.
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
  if (isConfigurationFailure(failure)) {
    const detail =
      'The configuration of the payment gateway, such as its secret, could not be used; mend it, then request the dispatch again.';
    return { code: 'PAYMENT_UNAVAILABLE', detail };
  }
  return { code: 'PAYMENT_UNAVAILABLE', detail: 'The payment gateway could not be reached.' };
}
