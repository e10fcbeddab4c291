import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { allocation } from '../vocabulary.ts';

/** The reserved units of the order are for sale again. */
export const stockReleased = defineEvent({
  type: 'StockReleased',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ allocations: z.array(allocation) }),
});

export type StockReleased = EventOf<typeof stockReleased>;
