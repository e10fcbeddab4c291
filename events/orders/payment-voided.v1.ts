import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/** The authorization was cancelled, or the captured amount was refunded. */
export const paymentVoided = defineEvent({
  type: 'PaymentVoided',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ paymentId: text, amountMinor: minorUnits, currency: currencyCode }),
});

export type PaymentVoided = EventOf<typeof paymentVoided>;
