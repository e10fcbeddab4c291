import { defineEvent, type EventOf } from '../define-event.ts';
import { failure } from '../vocabulary.ts';

/** The payment could not be authorized. */
export const paymentDeclined = defineEvent({
  type: 'PaymentDeclined',
  version: 1,
  source: 'oms.orders',
  data: failure,
});

export type PaymentDeclined = EventOf<typeof paymentDeclined>;
