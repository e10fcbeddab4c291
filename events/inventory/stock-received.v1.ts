import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { count, text } from '../vocabulary.ts';

/** Received units were booked in at a location. */
export const stockReceived = defineEvent({
  type: 'StockReceived',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({ receiptId: text, location: text, quantity: count }),
});

export type StockReceived = EventOf<typeof stockReceived>;
