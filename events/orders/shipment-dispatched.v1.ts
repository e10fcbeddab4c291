import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** A shipment has been handed to its carrier, its amount is captured and its stock is booked out. */
export const shipmentDispatched = defineEvent({
  type: 'ShipmentDispatched',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ shipmentId: text, carrier: text, trackingCode: text }),
});

export type ShipmentDispatched = EventOf<typeof shipmentDispatched>;
