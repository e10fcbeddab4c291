import type { Part, Reservation } from '../../reservations/index.ts';
import type { StockFinding } from './stock-finding.ts';
import { isLive } from './stock-tally.ts';

/** An order's state by its log, as far as its stock has to agree with it. */
export interface OrderState {
  readonly status: 'placed' | 'confirmed' | 'completed' | 'rejected' | 'cancelled' | 'on_hold';
  /** A failure or a cancellation is on record and not completed yet: its stock may be given back at any moment. */
  readonly isBeingUndone: boolean;
  readonly lines: readonly { readonly lineId: string; readonly sku: string; readonly quantity: number }[];
  readonly shipments: readonly {
    readonly shipmentId: string;
    readonly status: 'booked' | 'dispatch_requested' | 'dispatched' | 'delivered' | 'cancelled';
  }[];
}

/** An order as the lists show it; a moment old. */
export interface OrderSummary {
  readonly status: OrderState['status'];
  readonly fulfillmentStatus: string;
}

/** A reservation in few bytes: an audit compares millions. */
export interface ReservationSummary {
  readonly orderId: string;
  readonly confirmed: boolean;
  readonly shipped: 'none' | 'some' | 'all';
}

export function summaryOf({ orderId, state, parts }: Reservation): ReservationSummary {
  const count = parts.filter(({ shipmentId }) => shipmentId !== undefined).length;
  return {
    orderId,
    confirmed: state === 'CONFIRMED',
    shipped: count === 0 ? 'none' : count < parts.length ? 'some' : 'all',
  };
}

/** What of a live reservation has left, by what the lists show; undefined where they do not say. */
const leftBy: Readonly<Record<string, ReservationSummary['shipped'] | undefined>> = {
  unfulfilled: 'none',
  booked: 'none',
  partially_shipped: 'some',
  shipped: 'all',
  delivered: 'all',
};

/** Whether the order's log is worth a look: the lists contradict the live reservation, or know nothing of the order. */
export function isSuspect({ confirmed, shipped }: ReservationSummary, order: OrderSummary | undefined): boolean {
  if (order === undefined) return true;
  const { status, fulfillmentStatus } = order;
  if (shipped !== 'all' && (status === 'rejected' || status === 'cancelled')) return true;
  if (!confirmed) return status === 'confirmed' || status === 'completed';
  return (leftBy[fulfillmentStatus] ?? shipped) !== shipped;
}

/** Everything in which an order and its reservation contradict each other. */
export function auditOrder(
  orderId: string,
  order: OrderState | undefined,
  reservation: Reservation | undefined,
): StockFinding[] {
  const parts = reservation?.parts ?? [];
  const live = reservation !== undefined && isLive(reservation);
  const reserved = live ? units(parts.filter(({ shipmentId }) => shipmentId === undefined)) : 0;
  if (order === undefined) {
    const all = live ? units(parts) : 0;
    return all === 0 ? [] : [{ kind: 'order_unknown', orderId, expected: 'no units', found: `${all} units` }];
  }
  if (order.status === 'rejected' || order.status === 'cancelled') {
    return reserved === 0 ? [] : [{ kind: 'ended_order_holds_stock', orderId, expected: 0, found: reserved }];
  }
  return [...unitFindings(orderId, order, reservation), ...shipmentFindings(orderId, order, parts)];
}

function unitFindings(orderId: string, order: OrderState, reservation: Reservation | undefined): StockFinding[] {
  const stands = (order.status === 'confirmed' || order.status === 'completed') && !order.isBeingUndone;
  if (stands && reservation?.state !== 'CONFIRMED') {
    const found = reservation?.state ?? 'no reservation';
    return [{ kind: 'confirmed_order_lacks_stock', orderId, expected: 'CONFIRMED', found }];
  }
  if (reservation === undefined || !isLive(reservation)) return [];
  return order.lines.flatMap(({ lineId, sku, quantity }): StockFinding[] => {
    const found = units(reservation.parts.filter((part) => part.lineId === lineId && part.sku === sku));
    if (found === quantity) return [];
    return [{ kind: 'order_units_differ', orderId, sku, about: `line ${lineId}`, expected: quantity, found }];
  });
}

function shipmentFindings(orderId: string, order: OrderState, parts: readonly Part[]): StockFinding[] {
  const status = new Map(order.shipments.map((each) => [each.shipmentId, each.status]));
  const left = new Set(parts.flatMap(({ shipmentId }) => shipmentId ?? []));
  const undispatched = [...left].filter((id) => ['booked', 'cancelled', undefined].includes(status.get(id)));
  const unshipped = [...status].filter(
    ([id, each]) => (each === 'dispatched' || each === 'delivered') && !left.has(id),
  );
  return [
    ...undispatched.map((id): StockFinding => {
      const found = status.get(id) ?? 'no such shipment';
      return { kind: 'shipped_without_dispatch', orderId, about: id, expected: 'dispatched', found };
    }),
    ...unshipped.map(([id]): StockFinding => {
      return { kind: 'dispatched_not_shipped', orderId, about: id, expected: 'units shipped', found: 'units reserved' };
    }),
  ];
}

function units(parts: readonly Part[]): number {
  return parts.reduce((sum, { quantity }) => sum + quantity, 0);
}
