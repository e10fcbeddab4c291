import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** The order waits for a person. */
export const orderHeld = defineEvent({
  type: 'OrderHeld',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({
    reason: z.enum(['review', 'compensation_failed', 'capture_failed', 'dispatch_failed']),
    detail: text,
    /** The shipment whose dispatch failed. */
    shipmentId: z.optional(text),
  }),
});

export type OrderHeld = EventOf<typeof orderHeld>;
