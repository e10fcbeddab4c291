import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/**
 * The carrier reported a shipment as delivered before its dispatch was on record. ShipmentDelivered follows with the
 * dispatch.
 */
export const deliveryReported = defineEvent({
  type: 'DeliveryReported',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ shipmentId: text, deliveredAt: text }),
});

export type DeliveryReported = EventOf<typeof deliveryReported>;
