import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, minorUnits, text } from '../vocabulary.ts';

/** An authorization holds a part no more that was never captured: its last capture took less, or it has expired. */
export const authorizationReleased = defineEvent({
  type: 'AuthorizationReleased',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ paymentId: text, amountMinor: minorUnits, currency: currencyCode }),
});

export type AuthorizationReleased = EventOf<typeof authorizationReleased>;
