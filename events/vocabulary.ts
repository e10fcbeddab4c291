import * as z from 'zod/mini';

type Immutable<Type> = Type extends readonly (infer Each)[]
  ? readonly Immutable<Each>[]
  : Type extends object
    ? { readonly [Name in keyof Type]: Immutable<Type[Name]> }
    : Type;

/** An amount in minor units of its currency. */
export const minorUnits = z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER));
export const currencyCode = z.string().check(z.regex(/^[A-Z]{3}$/));
export const text = z.string();
export const count = z.int().check(z.minimum(1));

export const lineQuantity = z.strictObject({ lineId: text, sku: text, quantity: count });

/** Units of one order line. */
export type LineQuantity = Immutable<z.output<typeof lineQuantity>>;

export const orderLine = z.strictObject({
  lineId: text,
  sku: text,
  title: text,
  quantity: count,
  unitPriceMinor: minorUnits,
  /** Price by quantity, before discounts; with tax when the order's prices have it. */
  totalMinor: minorUnits,
  weightGrams: z.int().check(z.minimum(0)),
  /** What discounts take off. */
  discountMinor: z.exactOptional(minorUnits),
  /** The tax of the line after discounts. Absent in orders whose tax is known as a whole only. */
  taxMinor: z.exactOptional(minorUnits),
  taxBasisPoints: z.exactOptional(minorUnits),
  /** The price was named by staff. */
  priceNamed: z.exactOptional(z.literal(true)),
  /** The units need no stock and no shipping. */
  digital: z.exactOptional(z.literal(true)),
});

export const totals = z.strictObject({
  /** Of the lines, before discounts. */
  subtotalMinor: minorUnits,
  /** What discounts take off the lines. */
  discountMinor: z.exactOptional(minorUnits),
  /** After discounts on shipping. */
  shippingMinor: minorUnits,
  /** Of lines and shipping: added to net prices, and contained in prices with tax. */
  taxMinor: minorUnits,
  shippingTaxMinor: z.exactOptional(minorUnits),
  totalMinor: minorUnits,
});

/** What a discount takes off an order. */
export const appliedDiscount = z.strictObject({
  code: text,
  on: z.enum(['lines', 'order', 'shipping']),
  amountMinor: minorUnits,
  /** Present when uses of the discount are counted: one is reserved with the order's stock. */
  limited: z.exactOptional(z.literal(true)),
});

/** The reason for a failure: a stable code and one sentence. */
export const failure = z.strictObject({ code: text, detail: text });

/** The units of an order that come from one location. */
export const allocation = z.strictObject({ location: text, lines: z.array(lineQuantity) });

export type Allocation = Immutable<z.output<typeof allocation>>;

/**
 * The locations that could have served an order, in order of preference and at most twenty, the chosen ones, and the
 * reason.
 */
export const sourcing = z.strictObject({
  candidates: z.array(
    z.strictObject({
      location: text,
      /** Lower numbers are preferred. */
      priority: z.int(),
      distanceKm: z.exactOptional(z.int()),
      /**
       * How much of the order the location could fill alone; `assumed` when its counters were not read before the
       * choice.
       */
      fills: z.enum(['all', 'part', 'none', 'assumed']),
    }),
  ),
  chosen: z.array(text),
  rule: z.enum(['single_location', 'fewest_locations', 'only_choice']),
  /** The criterion that decided between equally good choices. */
  tieBreak: z.exactOptional(z.enum(['priority', 'distance', 'order'])),
});

export type Sourcing = Immutable<z.output<typeof sourcing>>;

export const shipment = z.strictObject({
  shipmentId: text,
  location: text,
  carrier: text,
  service: text,
  trackingCode: text,
  /** The carrier gateway's id of the shipment. */
  carrierShipmentId: text,
  lines: z.array(lineQuantity),
});
