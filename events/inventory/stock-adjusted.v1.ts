import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** The recorded stock was corrected to the real stock: by an adjustment with a reason, or by a count. */
export const stockAdjusted = defineEvent({
  type: 'StockAdjusted',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({
    /** Id of the adjustment or the count. */
    adjustmentId: text,
    kind: z.enum(['adjustment', 'count']),
    location: text,
    /** Units that were added, negative for removed ones; 0 for a count that agreed with the recorded stock. */
    change: z.int(),
    reason: z.optional(text),
  }),
});

export type StockAdjusted = EventOf<typeof stockAdjusted>;
