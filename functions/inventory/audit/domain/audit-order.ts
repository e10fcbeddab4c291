import type { Part, Reservation } from '../../reservations/domain/reservation.ts';
import type { StockFinding } from './stock-finding.ts';
import { isLive } from './stock-tally.ts';

/** What an order's log says, as far as its stock has to agree with it. */
export interface OrderStanding {
  readonly status: 'placed' | 'confirmed' | 'completed' | 'rejected' | 'cancelled' | 'on_hold';
  /** A failure or a cancellation is on record and not through yet: its stock may be given back at any moment. */
  readonly isBeingUndone: boolean;
  readonly lines: readonly { readonly lineId: string; readonly sku: string; readonly quantity: number }[];
  readonly shipments: readonly {
    readonly shipmentId: string;
    readonly status: 'booked' | 'dispatch_requested' | 'dispatched' | 'delivered' | 'cancelled';
  }[];
}

/** What the lists show of an order; a moment old. */
export interface OrderGlance {
  readonly status: OrderStanding['status'];
  readonly fulfillmentStatus: string;
}

/** What a reservation comes to, in few bytes: millions are looked at. */
export interface ReservationGlance {
  readonly orderId: string;
  readonly confirmed: boolean;
  readonly shipped: 'none' | 'some' | 'all';
}

export function glanceAt({ orderId, state, parts }: Reservation): ReservationGlance {
  const count = parts.filter(({ shipmentId }) => shipmentId !== undefined).length;
  return {
    orderId,
    confirmed: state === 'CONFIRMED',
    shipped: count === 0 ? 'none' : count < parts.length ? 'some' : 'all',
  };
}

/** What of a live reservation has left, by what the lists show; undefined where they do not say. */
const leftBy: Readonly<Record<string, ReservationGlance['shipped'] | undefined>> = {
  unfulfilled: 'none',
  booked: 'none',
  partially_shipped: 'some',
  shipped: 'all',
  delivered: 'all',
};

/** Whether the order's log is worth a look: the lists contradict the live reservation, or know nothing of the order. */
export function isSuspect({ confirmed, shipped }: ReservationGlance, order: OrderGlance | undefined): boolean {
  if (order === undefined) return true;
  const { status, fulfillmentStatus } = order;
  if (shipped !== 'all' && (status === 'rejected' || status === 'cancelled')) return true;
  if (!confirmed) return status === 'confirmed' || status === 'completed';
  return (leftBy[fulfillmentStatus] ?? shipped) !== shipped;
}

/** Everything in which an order and its reservation contradict each other. */
export function auditOrder(
  orderId: string,
  order: OrderStanding | undefined,
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

function unitFindings(orderId: string, order: OrderStanding, reservation: Reservation | undefined): StockFinding[] {
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

function shipmentFindings(orderId: string, order: OrderStanding, parts: readonly Part[]): StockFinding[] {
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
