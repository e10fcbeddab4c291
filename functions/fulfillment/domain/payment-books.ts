import { type Order, type OrderPayment, openMinorOf, shippingBesideParcels } from '../../orders/index.ts';
import type { Authorization, PaymentAmounts } from '../../payments/index.ts';

/** What is known of one payment of an order, in minor units: from the gateway, or from the log when that is final. */
export interface PaymentBook {
  readonly paymentId: string;
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly openMinor: number;
  /** What was captured for each shipment, by its id; only what the gateway was asked for. */
  readonly captures: Readonly<Record<string, number>>;
  /** Whether the next capture is the last one. */
  readonly isSingle: boolean;
  /** The authorization, when the order's log does not name it yet. */
  readonly renewal?: Authorization;
}

/** A payment of which nothing can change at the gateway any more, by the log alone; undefined for any other. */
export function settledBook(payment: OrderPayment): PaymentBook | undefined {
  const { paymentId, authorizedMinor, capturedMinor, multicapture } = payment;
  if (openMinorOf(payment) > 0) return undefined;
  return { paymentId, authorizedMinor, capturedMinor, openMinor: 0, captures: {}, isSingle: multicapture === false };
}

export function bookOf({ paymentId, multicapture }: OrderPayment, found: PaymentAmounts): PaymentBook {
  const { authorizedMinor, capturedMinor, openMinor, captures } = found;
  const isSingle = (found.multicapture ?? multicapture) === false;
  return { paymentId, authorizedMinor, capturedMinor, openMinor, captures, isSingle };
}

export function bookOfRenewal(renewal: Authorization): PaymentBook {
  const { paymentId, amountMinor, multicapture } = renewal;
  const nothing = { capturedMinor: 0, captures: {} };
  const isSingle = multicapture === false;
  return { paymentId, authorizedMinor: amountMinor, ...nothing, openMinor: amountMinor, isSingle, renewal };
}

/** The payment after a capture for a shipment. */
export function captured(book: PaymentBook, shipmentId: string, amountMinor: number, final: boolean): PaymentBook {
  return {
    ...book,
    capturedMinor: book.capturedMinor + amountMinor,
    openMinor: final ? 0 : book.openMinor - amountMinor,
    captures: { ...book.captures, [shipmentId]: amountMinor },
  };
}

/** What is still to be captured: the parcels of an order that are not cancelled, and the charge for shipping. */
export function stillToCapture(
  order: Pick<Order, 'shipments' | 'totals' | 'taxIncluded'>,
  books: readonly PaymentBook[],
): number {
  const parcels = order.shipments.reduce((sum, each) => sum + (each.status === 'cancelled' ? 0 : each.amountMinor), 0);
  const due = parcels + shippingBesideParcels(order);
  return Math.max(0, due - books.reduce((sum, { capturedMinor }) => sum + capturedMinor, 0));
}

/** The other parcels that a capture pays for: all that are not paid for yet, when nothing is left to capture. */
export function coveredBy({ shipments, payment }: Order, shipmentId: string, books: readonly PaymentBook[]): string[] {
  const taken = new Set([...payment.capturedShipments, ...books.flatMap(({ captures }) => Object.keys(captures))]);
  return shipments
    .filter((each) => each.status !== 'cancelled' && each.shipmentId !== shipmentId && !taken.has(each.shipmentId))
    .map((each) => each.shipmentId);
}
