import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { count } from '../vocabulary.ts';

/** No more units are for sale than staff wants to be told of: time to buy more. */
export const stockLow = defineEvent({
  type: 'StockLow',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({ available: count, lowAt: count }),
});

export type StockLow = EventOf<typeof stockLow>;
