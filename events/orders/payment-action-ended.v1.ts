import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/**
 * The order does not wait for its customer's confirmation any more: the gateway has `reported` an answer, which a saga asks
 * for, or the order is `cancelled`.
 */
export const paymentActionEnded = defineEvent({
  type: 'PaymentActionEnded',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ paymentId: text, reason: z.enum(['reported', 'cancelled']) }),
});

export type PaymentActionEnded = EventOf<typeof paymentActionEnded>;
