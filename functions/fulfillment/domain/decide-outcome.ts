import type { OrderEvent } from '../../../events/catalog.ts';
import { type Decision, isBeingUndone, type Order, type Undoing } from '../../orders/index.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import { readStepFailure } from './saga-failure.ts';
import type { OrderSagaState, UndoState } from './saga-state.ts';
import { shipmentAmounts } from './shipment-amounts.ts';

type StepAnswers = Pick<OrderSagaState, 'stock' | 'payment' | 'shipments'>;

/** What the steps achieved, as events, as far as the log does not know it yet. */
function achieved(order: Order, { stock, payment, shipments }: StepAnswers): OrderEvent[] {
  const events: OrderEvent[] = [];
  if (order.status !== 'placed') return events;
  if (stock !== undefined && order.allocations.length === 0) {
    events.push({ type: 'StockReserved', version: 1, data: stock });
  }
  if (payment !== undefined && order.payment.paymentId === undefined) {
    events.push({ type: 'PaymentAuthorized', version: 1, data: payment });
  }
  if (shipments !== undefined && order.shipments.length === 0) {
    const amounts = shipmentAmounts(order, shipments);
    for (const [index, shipment] of shipments.entries()) {
      events.push({ type: 'ShipmentBooked', version: 1, data: { ...shipment, amountMinor: amounts[index] ?? 0 } });
    }
  }
  return events;
}

/**
 * Stock, payment and shipments are in place: confirm, unless somebody wanted the order cancelled meanwhile or
 * another run of the saga has begun to undo it.
 */
export function confirmOrder(order: Order, answers: StepAnswers): Decision<'CANCELLATION_REQUESTED' | 'ORDER_ENDED'> {
  switch (order.status) {
    case 'placed':
      if (order.undoing.cancellationRequested) {
        return refuse('CANCELLATION_REQUESTED', 'The order is being cancelled.');
      }
      if (isBeingUndone(order.undoing)) return refuse('ORDER_ENDED', 'The order is being rejected.');
      return [...achieved(order, answers), { type: 'OrderConfirmed', version: 1, data: {} }];
    case 'confirmed':
    case 'completed':
      return [];
    case 'on_hold':
      return order.held.status === 'confirmed' ? [] : refuse('ORDER_ENDED', 'The order is on hold.');
    default:
      return refuse('ORDER_ENDED', `The order is ${order.status}.`);
  }
}

/** Whether the undo steps of a saga may touch the order, and what has to be on record before they do. */
export type UndoPermission = { readonly undo: true; readonly events: readonly OrderEvent[] } | { readonly undo: false };

/**
 * The fence before every undo: first the log says that the order fails, then things are taken back. A second run of
 * the saga that is still going forward meets the record and cannot confirm. An order that is confirmed, and that
 * nobody wants cancelled, is not touched: then the answer of ConfirmOrder was lost, not its effect.
 */
export function permitUndo(order: Order, state: UndoState): UndoPermission {
  switch (order.status) {
    case 'placed': {
      if (isBeingUndone(order.undoing)) return { undo: true, events: [] };
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

/** Everything is taken back: the order ends as cancelled if anybody asked for that, else as rejected. */
export function endUndoneOrder(order: Order, state: UndoState): Decision {
  const resumed: OrderEvent[] =
    order.status === 'on_hold' ? [{ type: 'OrderResumed', version: 1, data: { reason: 'undone' } }] : [];
  const undoing = undoingOf(order);
  if (undoing === undefined || !isBeingUndone(undoing)) return [];
  return [...resumed, ...achieved(order, state), ...takenBack(state), ending(undoing)];
}

function undoingOf(order: Order): Undoing | undefined {
  if (order.status === 'on_hold') return order.held.undoing;
  return order.status === 'placed' || order.status === 'confirmed' ? order.undoing : undefined;
}

function takenBack({ undone }: UndoState): OrderEvent[] {
  const events: OrderEvent[] = (undone?.shipments?.cancelled ?? []).map((data) => ({
    type: 'ShipmentCancelled',
    version: 1,
    data,
  }));
  if (undone?.payment?.voided) events.push({ type: 'PaymentVoided', version: 1, data: undone.payment.voided });
  const allocations = undone?.stock?.released ?? [];
  if (allocations.length > 0) events.push({ type: 'StockReleased', version: 1, data: { allocations } });
  return events;
}

function ending({ failure, cancellationRequested }: Undoing): OrderEvent {
  if (cancellationRequested || failure === undefined) return { type: 'OrderCancelled', version: 1, data: {} };
  return { type: 'OrderRejected', version: 1, data: { code: failure.code, detail: failure.detail } };
}

/**
 * An undo step is exhausted: the order waits for a person, with everything that is known on record. A confirmed order
 * that nobody wants undone needs nobody: the answer of ConfirmOrder was lost, and nothing has to be taken back.
 */
export function holdForCompensation(order: Order, state: UndoState): Decision {
  if (order.status !== 'placed' && order.status !== 'confirmed') return [];
  if (order.status === 'confirmed' && !isBeingUndone(order.undoing)) return [];
  const detail = `${exhaustedUndo(state)} could not be completed; cancel the order to try again.`;
  return [
    ...achieved(order, state),
    { type: 'OrderHeld', version: 1, data: { reason: 'compensation_failed', detail } },
  ];
}

/** Each undo leaves its answer in the state; before the first one, what failed tells where the chain was entered. */
function exhaustedUndo({ undone, failure }: UndoState): string {
  if (undone?.stock !== undefined) return 'The record of the undo';
  if (undone?.payment !== undefined || failure?.Error === 'OUT_OF_STOCK') return 'ReleaseStock';
  if (undone?.shipments !== undefined || failure?.Error === 'PAYMENT_DECLINED') return 'VoidPayment';
  return 'CancelShipment';
}
