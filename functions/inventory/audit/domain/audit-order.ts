import { counted } from '../../../shared/kernel/counted.ts';
import type { Part, Reservation } from '../../reservations/index.ts';
import type { StockFinding } from './stock-finding.ts';
import { isLive } from './stock-tally.ts';

/** The parts of an order's state, by its log, that its stock must agree with. */
export interface OrderState {
  readonly status: 'placed' | 'confirmed' | 'completed' | 'rejected' | 'cancelled' | 'on_hold';
  /** A failure or a cancellation is recorded and not completed, so that the stock may be released at any moment. */
  readonly isBeingUndone: boolean;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly quantity: number;
    /** Nothing may be reserved for the line. */
    readonly digital?: true;
  }[];
  readonly shipments: readonly {
    readonly shipmentId: string;
    readonly status: 'booked' | 'dispatch_requested' | 'dispatched' | 'delivered' | 'cancelled';
    /** The shipment has no units of stock. */
    readonly digital?: true;
  }[];
}

/** An order as the order lists show it, eventually consistent. */
export interface OrderSummary {
  readonly status: OrderState['status'];
  readonly fulfillmentStatus: string;
}

/** The fields of a reservation that are compared with the order lists; small, because an audit keeps many of them. */
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

/** The shipped share of a reservation by fulfillment status; undefined for a status that does not determine it. */
const shippedBy: Readonly<Record<string, ReservationSummary['shipped'] | undefined>> = {
  unfulfilled: 'none',
  booked: 'none',
  partially_shipped: 'some',
  shipped: 'all',
  delivered: 'all',
};

/** Whether the order lists contradict a live reservation or lack its order, so that the order's log must be read. */
export function isSuspect({ confirmed, shipped }: ReservationSummary, order: OrderSummary | undefined): boolean {
  if (order === undefined) return true;
  const { status, fulfillmentStatus } = order;
  if (shipped !== 'all' && (status === 'rejected' || status === 'cancelled')) return true;
  if (!confirmed) return status === 'confirmed' || status === 'completed';
  return (shippedBy[fulfillmentStatus] ?? shipped) !== shipped;
}

/** Finds contradictions between an order and its reservation. */
export function auditOrder(
  orderId: string,
  order: OrderState | undefined,
  reservation: Reservation | undefined,
): StockFinding[] {
  const parts = reservation?.parts ?? [];
  const live = reservation !== undefined && isLive(reservation);
  const reserved = units(parts.filter(({ shipmentId, due }) => due || (live && shipmentId === undefined)));
  if (order === undefined) {
    const all = live ? units(parts) : 0;
    return all === 0 ? [] : [{ kind: 'order_unknown', orderId, expected: 'no units', found: counted(all, 'unit') }];
  }
  if (order.status === 'rejected' || order.status === 'cancelled') {
    return reserved === 0 ? [] : [{ kind: 'ended_order_holds_stock', orderId, expected: 0, found: reserved }];
  }
  return [...unitFindings(orderId, order, reservation), ...shipmentFindings(orderId, order, parts)];
}

function unitFindings(orderId: string, order: OrderState, reservation: Reservation | undefined): StockFinding[] {
  const isFinal = (order.status === 'confirmed' || order.status === 'completed') && !order.isBeingUndone;
  const needsStock = order.lines.some(({ digital }) => !digital);
  if (isFinal && needsStock && reservation?.state !== 'CONFIRMED') {
    const found = reservation?.state ?? 'no reservation';
    return [{ kind: 'confirmed_order_lacks_stock', orderId, expected: 'CONFIRMED', found }];
  }
  if (reservation === undefined || !isLive(reservation)) return [];
  return order.lines.flatMap(({ lineId, sku, quantity, digital }): StockFinding[] => {
    const expected = digital ? 0 : quantity;
    const found = units(reservation.parts.filter((part) => part.lineId === lineId && part.sku === sku));
    if (found === expected) return [];
    return [{ kind: 'order_units_differ', orderId, sku, about: `line ${lineId}`, expected, found }];
  });
}

function shipmentFindings(orderId: string, order: OrderState, parts: readonly Part[]): StockFinding[] {
  const status = new Map(
    order.shipments.filter(({ digital }) => !digital).map((each) => [each.shipmentId, each.status]),
  );
  const shipped = new Set(parts.flatMap(({ shipmentId }) => shipmentId ?? []));
  const undispatched = [...shipped].filter((id) => ['booked', 'cancelled', undefined].includes(status.get(id)));
  const unshipped = [...status].filter(
    ([id, each]) => (each === 'dispatched' || each === 'delivered') && !shipped.has(id),
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
