import { defineEvent, type EventOf } from '../define-event.ts';
import { failure } from '../vocabulary.ts';

/** The order ends here; whatever had been done for it is undone. */
export const orderRejected = defineEvent({
  type: 'OrderRejected',
  version: 1,
  source: 'oms.orders',
  data: failure,
});

export type OrderRejected = EventOf<typeof orderRejected>;
