import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** A shipment is on its way. */
export const shipmentDispatched = defineEvent({
  type: 'ShipmentDispatched',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ shipmentId: text, carrier: text, trackingCode: text }),
});

export type ShipmentDispatched = EventOf<typeof shipmentDispatched>;
