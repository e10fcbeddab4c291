import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { count, text } from '../vocabulary.ts';

/** Like version 2, with one reason less. Only read: stored logs contain it. */
export const orderHeldV1 = defineEvent({
  type: 'OrderHeld',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({
    reason: z.enum(['review', 'compensation_failed', 'capture_failed', 'dispatch_failed', 'backordered']),
    detail: text,
    shipmentId: z.optional(text),
    waitsFor: z.optional(z.strictObject({ sku: text, units: count })),
  }),
});
