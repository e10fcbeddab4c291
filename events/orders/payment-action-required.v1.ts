import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/**
 * The bank wants the customer to confirm the payment. The saga has ended; the order continues when the gateway reports the
 * customer's answer, and is undone when there is none before `actionBefore`.
 */
export const paymentActionRequired = defineEvent({
  type: 'PaymentActionRequired',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({
    paymentId: text,
    amountMinor: minorUnits,
    currency: currencyCode,
    /** The last moment at which the confirmation counts: the hold on the stock ends soon after it. */
    actionBefore: text,
  }),
});

export type PaymentActionRequired = EventOf<typeof paymentActionRequired>;
