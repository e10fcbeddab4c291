import { defineEvent, type EventOf } from '../define-event.ts';
import { failure } from '../vocabulary.ts';

/** The order failed and everything that had been done for it is undone. No event follows. */
export const orderRejected = defineEvent({
  type: 'OrderRejected',
  version: 1,
  source: 'oms.orders',
  data: failure,
});

export type OrderRejected = EventOf<typeof orderRejected>;
