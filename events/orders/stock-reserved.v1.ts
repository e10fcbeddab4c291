import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { allocation, sourcing, text } from '../vocabulary.ts';

/**
 * All units of the order are reserved at these locations until `expiresAt`, or permanently once the order is confirmed.
 */
export const stockReserved = defineEvent({
  type: 'StockReserved',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ allocations: z.array(allocation), expiresAt: text, sourcing: z.exactOptional(sourcing) }),
});

export type StockReserved = EventOf<typeof stockReserved>;
