import type { OrderEvent } from '../../../events/catalog.ts';
import { type Decision, isBeingUndone, type Order, type Undoing } from '../../orders/index.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import { isCompact } from './compact-state.ts';
import { confirmation } from './digital-shipment.ts';
import { withoutMark } from './held-before.ts';
import { isConfigurationFailure, readStepFailure } from './saga-failure.ts';
import type { OrderSagaState, UndoState } from './saga-state.ts';
import { shipmentAmounts } from './shipment-amounts.ts';

type StepAnswers = Pick<OrderSagaState, 'stock' | 'payment' | 'shipments'>;

/** The events for completed steps that the log does not contain yet. */
function achieved(order: Order, { stock, payment, shipments }: StepAnswers): OrderEvent[] {
  const events: OrderEvent[] = [];
  if (order.status !== 'placed') return events;
  // Nothing is reserved for an order of digital lines alone.
  if (stock !== undefined && stock.allocations.length > 0 && order.allocations.length === 0) {
    events.push({ type: 'StockReserved', version: 1, data: withoutMark(stock) });
  }
  if (payment !== undefined && order.payment.paymentId === undefined) {
    events.push({ type: 'PaymentAuthorized', version: 1, data: authorizationData(payment) });
  }
  if (shipments !== undefined && order.shipments.length === 0) {
    const amounts = shipmentAmounts(order, shipments);
    for (const [index, shipment] of shipments.entries()) {
      events.push({ type: 'ShipmentBooked', version: 2, data: { ...shipment, amountMinor: amounts[index] ?? 0 } });
    }
  }
  return events;
}

/** An authorization as the log records it. What is usual takes no space, so that most orders confirm in one write unit. */
export function authorizationData({ multicapture, ...payment }: NonNullable<StepAnswers['payment']>) {
  return multicapture === false ? { ...payment, multicapture } : payment;
}

/**
 * Confirms an order that has stock, payment and shipments. Refused when a cancellation was requested meanwhile or
 * another run of the saga has begun to undo the order. No events when the order is confirmed already.
 */
export function confirmOrder(order: Order, answers: StepAnswers): Decision<'CANCELLATION_REQUESTED' | 'ORDER_ENDED'> {
  switch (order.status) {
    case 'placed':
      if (order.undoing.cancellationRequested) {
        return refuse('CANCELLATION_REQUESTED', 'The order is being cancelled.');
      }
      if (isBeingUndone(order.undoing)) return refuse('ORDER_ENDED', 'The order is being rejected.');
      return confirmation(order, achieved(order, answers));
    case 'confirmed':
    case 'completed':
      return [];
    case 'on_hold':
      return order.held.status === 'confirmed' ? [] : refuse('ORDER_ENDED', 'The order is on hold.');
    default:
      return refuse('ORDER_ENDED', `The order is ${order.status}.`);
  }
}

/** Whether the undo steps of a saga may change the order, and the events that must be committed before they do. */
export type UndoPermission = { readonly undo: true; readonly events: readonly OrderEvent[] } | { readonly undo: false };

/**
 * The fence before every undo step: the failure is committed to the log before anything is undone, so a second run of the
 * saga that is still going forward cannot confirm the order. A confirmed order without a requested cancellation may not be
 * undone: ConfirmOrder took effect and only its answer was lost.
 */
export function permitUndo(order: Order, state: UndoState): UndoPermission {
  switch (order.status) {
    case 'placed': {
      if (isBeingUndone(order.undoing)) {
        // With what the undo releases, the completed steps of a large order do not fit into one commit.
        return { undo: true, events: isCompact(order.lines) ? achieved(order, state) : [] };
      }
      const { event, code, detail } = readStepFailure(state);
      const failed: OrderEvent = { type: event, version: 1, data: { code, detail } };
      return { undo: true, events: [...achieved(order, state), failed] };
    }
    case 'confirmed':
      return isBeingUndone(order.undoing) ? { undo: true, events: [] } : { undo: false };
    case 'rejected':
    case 'cancelled':
      return { undo: true, events: [] };
    case 'on_hold':
      return isBeingUndone(order.held.undoing) ? { undo: true, events: [] } : { undo: false };
    case 'completed':
      return { undo: false };
  }
}

/**
 * Ends an order after its undo steps, as cancelled if a cancellation was requested and as rejected otherwise. No events for
 * an order that is not being undone.
 */
export function endUndoneOrder(order: Order, state: UndoState): Decision {
  const resumed: OrderEvent[] =
    order.status === 'on_hold' ? [{ type: 'OrderResumed', version: 1, data: { reason: 'undone' } }] : [];
  const undoing = undoingOf(order);
  if (undoing === undefined || !isBeingUndone(undoing)) return [];
  return [...resumed, ...achieved(order, state), ...undone(state), finalEvent(undoing)];
}

function undoingOf(order: Order): Undoing | undefined {
  if (order.status === 'on_hold') return order.held.undoing;
  return order.status === 'placed' || order.status === 'confirmed' ? order.undoing : undefined;
}

/** The events for what the undo steps cancelled, voided and released. */
function undone({ undone: answers }: UndoState): OrderEvent[] {
  const events: OrderEvent[] = (answers?.shipments?.cancelled ?? []).map((data) => ({
    type: 'ShipmentCancelled',
    version: 1,
    data,
  }));
  const { voided = null, others = [] } = answers?.payment ?? {};
  for (const data of voided === null ? others : [voided, ...others]) {
    events.push({ type: 'PaymentVoided', version: 1, data });
  }
  const allocations = answers?.stock?.released ?? [];
  if (allocations.length > 0) events.push({ type: 'StockReleased', version: 1, data: { allocations } });
  return events;
}

function finalEvent({ failure, cancellationRequested }: Undoing): OrderEvent {
  if (cancellationRequested || failure === undefined) return { type: 'OrderCancelled', version: 1, data: {} };
  return { type: 'OrderRejected', version: 1, data: { code: failure.code, detail: failure.detail } };
}

/**
 * Puts an order on hold for a person after an undo step has used up its retries, and records the completed steps. No
 * events for a confirmed order that is not being undone: the answer of ConfirmOrder was lost, and there is nothing to undo.
 */
export function holdForCompensation(order: Order, state: UndoState): Decision {
  if (order.status !== 'placed' && order.status !== 'confirmed') return [];
  if (order.status === 'confirmed' && !isBeingUndone(order.undoing)) return [];
  return [
    ...achieved(order, state),
    { type: 'OrderHeld', version: 2, data: { reason: 'compensation_failed', detail: compensationDetail(state) } },
  ];
}

function compensationDetail(state: UndoState): string {
  if (isConfigurationFailure(state.failure)) {
    return 'The configuration of a gateway, such as its secret, could not be used; mend it, then cancel the order.';
  }
  const step = exhaustedUndo(state);
  return isConfigurationFailure(state.undoFailure)
    ? `${step} could not use the configuration of a gateway, such as its secret; mend it, then cancel the order to try again.`
    : `${step} could not be completed; cancel the order to try again.`;
}

/** Refusals of ReserveStock, after which the undo begins with ReleaseStock. */
const reservationRefusals = new Set(['OUT_OF_STOCK', 'DISCOUNT_USED_UP']);

/**
 * The undo step that failed for good. The steps run in the order CancelShipment, VoidPayment, ReleaseStock, record, and
 * each leaves its answer in the state. Before the first answer, the failure's code tells which step the chain began with.
 */
function exhaustedUndo({ undone, failure }: UndoState): string {
  if (undone?.stock !== undefined) return 'The record of the undo';
  if (undone?.payment !== undefined || reservationRefusals.has(failure?.Error ?? '')) return 'ReleaseStock';
  if (undone?.shipments !== undefined || failure?.Error === 'PAYMENT_DECLINED') return 'VoidPayment';
  return 'CancelShipment';
}
