import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { minorUnits, shipment } from '../vocabulary.ts';

/**
 * A carrier accepted a shipment; its label can be printed. `amountMinor` is the amount to capture at its dispatch. The
 * label itself is fetched from the carrier by `carrierShipmentId` when it is needed.
 */
export const shipmentBooked = defineEvent({
  type: 'ShipmentBooked',
  version: 2,
  source: 'oms.orders',
  data: z.extend(shipment, { amountMinor: minorUnits }),
});

export type ShipmentBooked = EventOf<typeof shipmentBooked>;
