import { defineEvent, type EventOf } from '../define-event.ts';
import { failure } from '../vocabulary.ts';

/** Stock could not be held; nothing of the order is held. */
export const stockReservationFailed = defineEvent({
  type: 'StockReservationFailed',
  version: 1,
  source: 'oms.orders',
  data: failure,
});

export type StockReservationFailed = EventOf<typeof stockReservationFailed>;
