import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** The books were brought in line with what is there: something was damaged, lost or found, or counted. */
export const stockAdjusted = defineEvent({
  type: 'StockAdjusted',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({
    /** Id of the adjustment or the count. */
    adjustmentId: text,
    kind: z.enum(['adjustment', 'count']),
    location: text,
    /** Units that were added, below zero those that were taken off; 0 for a count that found what the books said. */
    change: z.int(),
    reason: z.optional(text),
  }),
});

export type StockAdjusted = EventOf<typeof stockAdjusted>;
