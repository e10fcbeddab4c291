import { defineEvent, type EventOf } from '../define-event.ts';
import { failure } from '../vocabulary.ts';

/** The units of the order could not be reserved; none are. */
export const stockReservationFailed = defineEvent({
  type: 'StockReservationFailed',
  version: 1,
  source: 'oms.orders',
  data: failure,
});

export type StockReservationFailed = EventOf<typeof stockReservationFailed>;
