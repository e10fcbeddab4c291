import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { currencyCode, failure, minorUnits, text } from '../vocabulary.ts';

/** The payment gateway refused to authorize anew what an authorization can be captured for no more; the order goes on hold. */
export const authorizationRenewalRefused = defineEvent({
  type: 'AuthorizationRenewalRefused',
  version: 1,
  source: 'oms.orders',
  data: z.extend(failure, { paymentId: text, amountMinor: minorUnits, currency: currencyCode }),
});

export type AuthorizationRenewalRefused = EventOf<typeof authorizationRenewalRefused>;
