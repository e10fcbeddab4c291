import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';

/** No units of the SKU are for sale. Units may still be on hand, reserved or withheld. */
export const stockDepleted = defineEvent({
  type: 'StockDepleted',
  version: 1,
  source: 'oms.inventory',
  data: z.strictObject({ before: z.enum(['ok', 'low']) }),
});

export type StockDepleted = EventOf<typeof stockDepleted>;
