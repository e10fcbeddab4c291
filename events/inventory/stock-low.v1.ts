import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { count } from '../vocabulary.ts';

/** The units for sale fell to the low-stock threshold `lowAt` or below. */
export const stockLow = defineEvent({
  type: 'StockLow',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({ available: count, lowAt: count }),
});

export type StockLow = EventOf<typeof stockLow>;
