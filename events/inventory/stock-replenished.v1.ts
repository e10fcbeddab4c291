import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { count } from '../vocabulary.ts';

/** The level of the SKU rose, to `low` or to `ok`, for instance by a receipt or by released units. */
export const stockReplenished = defineEvent({
  type: 'StockReplenished',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({ available: count, level: z.enum(['low', 'ok']), before: z.enum(['depleted', 'low']) }),
});

export type StockReplenished = EventOf<typeof stockReplenished>;
