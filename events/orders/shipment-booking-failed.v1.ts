import { defineEvent, type EventOf } from '../define-event.ts';
import { failure } from '../vocabulary.ts';

/** The shipments of the order could not be booked. */
export const shipmentBookingFailed = defineEvent({
  type: 'ShipmentBookingFailed',
  version: 1,
  source: 'oms.orders',
  data: failure,
});

export type ShipmentBookingFailed = EventOf<typeof shipmentBookingFailed>;
