import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** A booked shipment was cancelled with the carrier. */
export const shipmentCancelled = defineEvent({
  type: 'ShipmentCancelled',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ shipmentId: text, carrierShipmentId: text, trackingCode: text }),
});

export type ShipmentCancelled = EventOf<typeof shipmentCancelled>;
