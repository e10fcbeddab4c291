import * as z from 'zod/mini';

/** The shapes that several events share. */
export const minorUnits = z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER));
export const currencyCode = z.string().check(z.regex(/^[A-Z]{3}$/));
export const text = z.string();
export const count = z.int().check(z.minimum(1));

export const lineQuantity = z.strictObject({ lineId: text, sku: text, quantity: count });

export const orderLine = z.strictObject({
  lineId: text,
  sku: text,
  title: text,
  quantity: count,
  unitPriceMinor: minorUnits,
  totalMinor: minorUnits,
  weightGrams: z.int().check(z.minimum(0)),
});

export const totals = z.strictObject({
  subtotalMinor: minorUnits,
  shippingMinor: minorUnits,
  taxMinor: minorUnits,
  totalMinor: minorUnits,
});

/** Why something did not happen: a stable code and one sentence. */
export const failure = z.strictObject({ code: text, detail: text });

/** What leaves one location for one order. */
export const allocation = z.strictObject({ location: text, lines: z.array(lineQuantity) });

export const shipment = z.strictObject({
  shipmentId: text,
  location: text,
  carrier: text,
  service: text,
  trackingCode: text,
  labelUrl: text,
  /** The carrier gateway's own id. */
  carrierShipmentId: text,
  lines: z.array(lineQuantity),
});
