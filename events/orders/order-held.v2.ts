import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { count, text } from '../vocabulary.ts';

/**
 * The order is on hold: it waits for a person, or for stock (`backordered`). `authorization_expired`: the authorization can be
 * captured no more, and the payment gateway has refused another one for what is still to be captured.
 */
export const orderHeld = defineEvent({
  type: 'OrderHeld',
  version: 2,
  source: 'oms.orders',
  data: z.strictObject({
    reason: z.enum([
      'review',
      'compensation_failed',
      'capture_failed',
      'dispatch_failed',
      'authorization_expired',
      'backordered',
    ]),
    detail: text,
    /** The shipment whose dispatch failed. */
    shipmentId: z.optional(text),
    /** The missing units of an order that waits for stock. */
    waitsFor: z.optional(z.strictObject({ sku: text, units: count })),
  }),
});

export type OrderHeld = EventOf<typeof orderHeld>;
