import { defineEvent, type EventOf } from '../define-event.ts';
import { failure } from '../vocabulary.ts';

/**
 * The order could not be confirmed after stock, payment and shipments were in place, for instance because the hold had
 * expired.
 */
export const orderConfirmationFailed = defineEvent({
  type: 'OrderConfirmationFailed',
  version: 1,
  source: 'oms.orders',
  data: failure,
});

export type OrderConfirmationFailed = EventOf<typeof orderConfirmationFailed>;
