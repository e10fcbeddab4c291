import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { minorUnits, shipment } from '../vocabulary.ts';

/**
 * A carrier accepted a shipment; its label can be printed. Or it has the digital lines of an order: there is no carrier, no label
 * and no tracking code, and carrier and location are `digital`. `amountMinor` is the amount to capture at its dispatch. The
 * label itself is fetched from the carrier by `carrierShipmentId` when it is needed.
 */
export const shipmentBooked = defineEvent({
  type: 'ShipmentBooked',
  version: 2,
  source: 'oms.orders',
  data: z.extend(shipment, {
    amountMinor: minorUnits,
    /** The shipment is delivered without a carrier. */
    digital: z.exactOptional(z.literal(true)),
  }),
});

export type ShipmentBooked = EventOf<typeof shipmentBooked>;
