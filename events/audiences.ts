import type { OrderEvent } from './catalog.ts';

/**
 * The readers of an order's events beside the software itself. No customer reads events of stock. Staff see every field, also
 * one that a newer version has added.
 */
export type Audience = 'customer' | 'staff';

/** `true`: a field with a single value. A table: the fields of an object, or of each object of a list. */
type Fields = true | { readonly [name: string]: Fields };

const line = { lineId: true, sku: true, quantity: true } as const;
const allocation = { location: true, lines: line } as const;
const failure = { code: true, detail: true } as const;
const amount = { amountMinor: true, currency: true } as const;

/**
 * The fields of each event that its customer may see. A field that is missing here is for staff: the sourcing, which names
 * every location of the shop; ids of the gateways; weights; and what a newer version of the software has added.
 */
const forCustomers: { readonly [Type in OrderEvent['type']]: Fields } = {
  OrderPlaced: {
    ...{ customerId: true, currency: true, locale: true, allowSplitShipments: true, savesPaymentMethod: true },
    ...{ taxIncluded: true, shippingOption: true },
    totals: {
      ...{ subtotalMinor: true, discountMinor: true, shippingMinor: true },
      ...{ taxMinor: true, shippingTaxMinor: true, totalMinor: true },
    },
    discounts: { code: true, on: true, amountMinor: true },
    shipTo: { country: true, postalArea: true },
    lines: {
      ...{ ...line, title: true, unitPriceMinor: true, totalMinor: true },
      ...{ discountMinor: true, taxMinor: true, taxBasisPoints: true, digital: true },
    },
  },
  StockReserved: { allocations: allocation, expiresAt: true },
  StockReservationFailed: failure,
  PaymentActionRequired: { ...amount, actionBefore: true },
  PaymentActionEnded: { reason: true },
  PaymentAuthorized: { ...amount, purpose: true, captureBefore: true },
  PaymentDeclined: failure,
  ShipmentBooked: {
    ...{ shipmentId: true, location: true, carrier: true, service: true, trackingCode: true },
    lines: line,
    amountMinor: true,
    digital: true,
  },
  ShipmentBookingFailed: failure,
  OrderConfirmationFailed: failure,
  OrderConfirmed: {},
  OrderRejected: failure,
  DispatchRequested: {
    ...{ shipmentId: true, location: true, lines: line, shippingMinor: true, digital: true },
    ...amount,
  },
  ShipmentDispatched: { shipmentId: true, carrier: true, trackingCode: true },
  PaymentCaptured: { shipmentId: true, covers: true, ...amount },
  PaymentCaptureFailed: { shipmentId: true, ...failure },
  AuthorizationReleased: amount,
  AuthorizationRenewalRefused: { ...failure, ...amount },
  DeliveryReported: { shipmentId: true, deliveredAt: true },
  ShipmentDelivered: { shipmentId: true, deliveredAt: true },
  OrderCompleted: {},
  CancellationRequested: { from: true, by: true },
  StockReleased: { allocations: allocation },
  PaymentVoided: amount,
  ShipmentCancelled: { shipmentId: true, trackingCode: true },
  OrderCancelled: {},
  OrderHeld: { reason: true, shipmentId: true, waitsFor: { sku: true, units: true } },
  OrderResumed: { reason: true },
};

/** The data of an order's event with the fields that the audience may see. */
export function dataFor(audience: Audience, { type, data }: OrderEvent): Record<string, unknown> {
  return (audience === 'staff' ? data : only(forCustomers[type], data)) as Record<string, unknown>;
}

function only(fields: Fields, value: unknown): unknown {
  if (fields === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => only(fields, each));
  const seen = Object.entries(value).filter(([name]) => Object.hasOwn(fields, name));
  return Object.fromEntries(seen.map(([name, each]) => [name, only(fields[name] ?? {}, each)]));
}
