import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { count, text } from '../vocabulary.ts';

/** Units were moved from one location to another. */
export const stockMoved = defineEvent({
  type: 'StockMoved',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({ moveId: text, from: text, to: text, quantity: count }),
});

export type StockMoved = EventOf<typeof stockMoved>;
