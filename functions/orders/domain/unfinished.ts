import { addSeconds, type Instant } from '../../shared/kernel/time.ts';
import { awaitsPayment, isBeingUndone, type Order, type Undoing } from './order.ts';

/**
 * Seconds after the last change of an order in which its saga has ended or is lost: the five minutes to which Express
 * limits an execution, and one for the messages before it. A second execution can run beside a slow Standard one, because
 * every step is idempotent.
 */
const sagaSeconds = 360;
/** Between two looks at a hold that should have expired: its end is later than assumed, because the saga began late. */
const holdAgainSeconds = 60;
/** Between two looks at an order whose customer should have confirmed the payment: a run has begun, or was lost. */
const actionAgainSeconds = 120;
/** Between two looks at an order that waits outside of a saga, for a person or for stock. */
const waitingSeconds = 21_600;

interface Part {
  /** The moment from which it counts as overdue: when it is due for the first time. */
  readonly dueAt: Instant;
  /** Seconds between that time and each later one at which it is due again, as long as nothing has changed. */
  readonly againSeconds: number;
}

/**
 * Something that is under way for an order and must end. `placement`: order-saga goes forward. `undo`: a failure or a
 * cancellation undoes what was done. `dispatch`: dispatch-saga runs for a shipment. `hold`: stock is held for an
 * unconfirmed order. `payment_action`: the order waits for its customer's confirmation of the payment. `backorder`: it waits for stock and may have been filled without notice.
 */
export type Unfinished =
  | (Part & { readonly reason: 'placement' | 'undo' | 'payment_action' | 'hold' | 'backorder' })
  | (Part & { readonly reason: 'dispatch'; readonly shipmentId: string });

/**
 * What is under way for an order; empty when it has ended or waits only for people. The time counts from the last change
 * of the order.
 *
 * @param holdSeconds how long stock is held for an unconfirmed order.
 */
export function unfinishedOf(order: Order, holdSeconds: number): readonly Unfinished[] {
  const after = (seconds: number) => addSeconds(order.updatedAt, seconds);
  const saga = { dueAt: after(sagaSeconds), againSeconds: sagaSeconds };
  switch (order.status) {
    case 'placed':
      return [placementOf(order, saga), { reason: 'hold', dueAt: after(holdSeconds), againSeconds: holdAgainSeconds }];
    case 'confirmed':
      return isBeingUndone(order.undoing) ? [{ reason: 'undo', ...saga }] : dispatchesOf(order, saga);
    case 'on_hold':
      return [...dispatchesOf(order, saga), ...heldStockOf(order, after, holdSeconds)];
    default:
      return [];
  }
}

/** What continues a placed order. One that waits for its customer is due at the end of that wait, with or without an answer. */
function placementOf(order: Extract<Order, { status: 'placed' }>, saga: Part): Unfinished {
  const { action } = order.payment;
  if (!awaitsPayment(order) || action === undefined) {
    return { reason: isBeingUndone(order.undoing) ? 'undo' : 'placement', ...saga };
  }
  return { reason: 'payment_action', dueAt: action.actionBefore as Instant, againSeconds: actionAgainSeconds };
}

function dispatchesOf({ shipments }: Order, saga: Part): Unfinished[] {
  return shipments
    .filter(({ status, dispatchFailed }) => status === 'dispatch_requested' && !dispatchFailed)
    .map(({ shipmentId }) => ({ reason: 'dispatch', shipmentId, ...saga }));
}

function heldStockOf(
  { hold, held }: Extract<Order, { status: 'on_hold' }>,
  after: (seconds: number) => Instant,
  holdSeconds: number,
): Unfinished[] {
  if (held.status !== 'placed') return [];
  if (hold.reason === 'backordered') {
    return [{ reason: 'backorder', dueAt: after(waitingSeconds), againSeconds: waitingSeconds }];
  }
  return [{ reason: 'hold', dueAt: after(holdSeconds), againSeconds: waitingSeconds }];
}

/** The part of an order that is due first; undefined when nothing is under way. */
export function firstDue(order: Order, holdSeconds: number): Unfinished | undefined {
  return unfinishedOf(order, holdSeconds).reduce<Unfinished | undefined>(
    (first, each) => (first === undefined || each.dueAt < first.dueAt ? each : first),
    undefined,
  );
}

/** The next moment after `now` at which a part is due. */
export function nextDueAt(parts: readonly Unfinished[], now: Instant): Instant | undefined {
  const [first] = parts
    .map((part) => addSeconds(part.dueAt, timesDue(part, now) * part.againSeconds))
    .sort((a, b) => (a < b ? -1 : 1));
  return first;
}

/** Whether the part has been due at a time from `since` to `now`: each part has intervals of its own. */
export function wasDue(part: Part, since: Instant, now: Instant): boolean {
  const times = timesDue(part, now);
  return times > 0 && addSeconds(part.dueAt, (times - 1) * part.againSeconds) >= since;
}

/** How often the part has been due until `now`. */
function timesDue({ dueAt, againSeconds }: Part, now: Instant): number {
  const lateMs = Date.parse(now) - Date.parse(dueAt);
  return lateMs < 0 ? 0 : 1 + Math.floor(lateMs / (againSeconds * 1_000));
}

/** Whether the saga that undoes the order should have ended. */
export function isUndoOverdue(order: Order & { readonly undoing: Undoing }, now: Instant): boolean {
  return isBeingUndone(order.undoing) && addSeconds(order.updatedAt, sagaSeconds) <= now;
}

/** Whether the saga that dispatches the shipment should have ended. */
export function isDispatchOverdue(order: Order, shipmentId: string, now: Instant): boolean {
  return dispatchesOf(order, { dueAt: addSeconds(order.updatedAt, sagaSeconds), againSeconds: sagaSeconds }).some(
    (each) => each.reason === 'dispatch' && each.shipmentId === shipmentId && each.dueAt <= now,
  );
}
