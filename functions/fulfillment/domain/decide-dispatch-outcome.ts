import type { OrderEvent } from '../../../events/catalog.ts';
import {
  type Decision,
  deliveryOf,
  type Failure,
  isBeingUndone,
  isHeldForDispatch,
  type Order,
  reportedDelivery,
  resumedByDispatch,
} from '../../orders/index.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { authorizationData } from './decide-outcome.ts';
import { isConfigurationFailure, messageOf } from './saga-failure.ts';
import type { DispatchSagaState } from './saga-state.ts';

/**
 * Records that the money is captured and the stock is committed, ends the hold for this shipment, and records a delivery that
 * was reported before. A digital shipment is delivered with that. Refused while the order is being cancelled. A cancellation is
 * accepted only while no shipment is dispatched, so this run of the saga is late or a duplicate; the cancellation returns
 * what this run captured and committed.
 *
 * @param now when a digital shipment is delivered.
 */
export function recordDispatch(order: Order, state: DispatchSagaState, now: Instant): Decision<'ORDER_ENDED'> {
  const shipment = order.shipments.find((each) => each.shipmentId === state.shipmentId);
  if (shipment === undefined || shipment.status === 'dispatched' || shipment.status === 'delivered') return [];
  if (order.status !== 'confirmed' && order.status !== 'on_hold') {
    return refuse('ORDER_ENDED', `The order is ${order.status}.`);
  }
  const { undoing } = order.status === 'confirmed' ? order : order.held;
  if (isBeingUndone(undoing)) return refuse('ORDER_ENDED', 'The order is being cancelled.');
  const { shipmentId, carrier, trackingCode, digital } = shipment;
  const resumed = resumedByDispatch(order, shipmentId);
  const goesOn = order.status === 'confirmed' || resumed.length > 0;
  return [
    ...resumed,
    ...captured(order, state),
    { type: 'ShipmentDispatched', version: 1, data: { shipmentId, carrier, trackingCode } },
    ...(digital ? deliveryOf(order, shipmentId, now, goesOn) : reportedDelivery(order, shipmentId, goesOn)),
    ...restRefused(order, state),
  ];
}

/** What the capture did to the order's payments, as far as the log does not say it. */
function captured(order: Order, { capture, shipmentId }: DispatchSagaState): OrderEvent[] {
  if (capture === undefined) return [];
  const { payments = [], renewalRefused: refused, covers, ...amount } = capture;
  const known = new Map(order.payments.map((each) => [each.paymentId, each]));
  const events: OrderEvent[] = payments.flatMap(({ paymentId, renewal }) =>
    renewal === undefined || known.has(paymentId)
      ? []
      : [{ type: 'PaymentAuthorized', version: 1, data: { ...authorizationData(renewal), purpose: 'renewal' } }],
  );
  if (!order.payment.capturedShipments.includes(shipmentId)) {
    const unpaid = covers?.filter((each) => !order.payment.capturedShipments.includes(each)) ?? [];
    const data = { ...amount, shipmentId, ...(unpaid.length === 0 ? {} : { covers: unpaid }) };
    events.push({ type: 'PaymentCaptured', version: 1, data });
  }
  for (const { paymentId, authorizedMinor, capturedMinor, openMinor } of payments) {
    const amountMinor = authorizedMinor - capturedMinor - (known.get(paymentId)?.releasedMinor ?? 0);
    if (openMinor > 0 || amountMinor <= 0) continue;
    events.push({
      type: 'AuthorizationReleased',
      version: 1,
      data: { paymentId, amountMinor, currency: amount.currency },
    });
  }
  if (refused !== undefined) events.push({ type: 'AuthorizationRenewalRefused', version: 1, data: refused });
  return events;
}

/**
 * The hold of an order whose next parcels are not paid for. A parcel that is being dispatched is left to its own run, and another
 * run may have paid for all of them meanwhile.
 */
function restRefused(order: Order, { capture, shipmentId }: DispatchSagaState): OrderEvent[] {
  if (capture?.renewalRefused === undefined) return [];
  const paid = new Set([shipmentId, ...order.payment.capturedShipments]);
  const waits = ({ status, dispatchFailed }: Order['shipments'][number]) =>
    status === 'booked' || dispatchFailed === true;
  if (!order.shipments.some((each) => waits(each) && !paid.has(each.shipmentId))) return [];
  const detail = `The rest could not be authorized anew: ${capture.renewalRefused.detail}`;
  return [{ type: 'OrderHeld', version: 2, data: { reason: 'authorization_expired', detail } }];
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
  const isExpired = failure.code === authorizationExpired;
  const reason = isExpired ? 'authorization_expired' : 'capture_failed';
  return [
    ...(isExpired ? [renewalRefused(order, state, failure)] : []),
    { type: 'PaymentCaptureFailed', version: 1, data: { ...failure, shipmentId } },
    held(reason, `Shipment ${shipmentId} is held: ${failure.detail}`, shipmentId),
  ];
}

/** The code of a refusal to authorize anew what an authorization can be captured for no more. */
const authorizationExpired = 'AUTHORIZATION_EXPIRED';

function renewalRefused(
  order: Order,
  { paymentId, amountMinor, currency }: DispatchSagaState,
  failure: Failure,
): OrderEvent {
  const data = { ...failure, paymentId: order.payment.paymentId ?? paymentId, amountMinor, currency };
  return { type: 'AuthorizationRenewalRefused', version: 1, data };
}

function held(
  reason: 'capture_failed' | 'dispatch_failed' | 'authorization_expired',
  detail: string,
  shipmentId: string,
): OrderEvent {
  return { type: 'OrderHeld', version: 2, data: { reason, detail, shipmentId } };
}

function captureFailure({ failure }: DispatchSagaState): Failure {
  if (failure?.Error === 'PAYMENT_CAPTURE_REFUSED' || failure?.Error === authorizationExpired) {
    return { code: failure.Error, detail: messageOf(failure.Cause) ?? 'The capture was refused.' };
  }
  if (isConfigurationFailure(failure)) {
    const detail =
      'The configuration of the payment gateway, such as its secret, could not be used; mend it, then request the dispatch again.';
    return { code: 'PAYMENT_UNAVAILABLE', detail };
  }
  return { code: 'PAYMENT_UNAVAILABLE', detail: 'The payment gateway could not be reached.' };
}
