import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { count } from '../vocabulary.ts';

/** Something is for sale again, or enough of it: the level went up, be it by a receipt or by units that came back. */
export const stockReplenished = defineEvent({
  type: 'StockReplenished',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({ available: count, level: z.enum(['low', 'ok']), before: z.enum(['depleted', 'low']) }),
});

export type StockReplenished = EventOf<typeof stockReplenished>;
