import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** The carrier delivered a shipment. */
export const shipmentDelivered = defineEvent({
  type: 'ShipmentDelivered',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ shipmentId: text, deliveredAt: text }),
});

export type ShipmentDelivered = EventOf<typeof shipmentDelivered>;
