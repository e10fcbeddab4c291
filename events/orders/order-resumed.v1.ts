import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/**
 * The hold of the order ended: a person ended it, or the stock that the order waited for is reserved (`stock_arrived`).
 */
export const orderResumed = defineEvent({
  type: 'OrderResumed',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ reason: text }),
});

export type OrderResumed = EventOf<typeof orderResumed>;
