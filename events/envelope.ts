import * as z from 'zod/mini';

/**
 * The `detail` of every event of an order on the bus. EventBridge may deliver an event twice and events in any order:
 * consumers deduplicate by `eventId` and order by `sequence`, then `index`.
 */
export const envelopeSchema = z.object({
  /** `<orderId>:<sequence>:<index>`, the same in every delivery. */
  eventId: z.string(),
  type: z.string(),
  /** Version of the event's schema. */
  version: z.int(),
  orderId: z.string(),
  /** The order's log version: 1, 2, 3, … without gaps. */
  sequence: z.int(),
  /** Position inside the commit, from 0, and how many events the commit holds. */
  index: z.int(),
  count: z.int(),
  occurredAt: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
  /** W3C trace context, empty when the request had none. */
  traceparent: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export type Envelope = z.output<typeof envelopeSchema>;

/**
 * The `detail` of every event of stock (source `oms.inventory`). Its subject is a SKU and no order. EventBridge may deliver an
 * event twice and events in any order: consumers deduplicate by `eventId`.
 */
export const stockEnvelopeSchema = z.object({
  /** `stock:<kind>:<id>` for a ledger entry, `stock:<sku>:<sequence>` for a level; the same in every delivery. */
  eventId: z.string(),
  type: z.string(),
  version: z.int(),
  sku: z.string(),
  /**
   * Only for a level (low, depleted, replenished): 1, 2, 3, … for each SKU, without gaps. The highest is the current
   * level.
   */
  sequence: z.optional(z.int()),
  occurredAt: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export type StockEnvelope = z.output<typeof stockEnvelopeSchema>;
