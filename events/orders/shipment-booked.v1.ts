import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { minorUnits, shipment, text } from '../vocabulary.ts';

/** Like version 2, with the address of the label. Only read: stored logs contain it. */
export const shipmentBookedV1 = defineEvent({
  type: 'ShipmentBooked',
  version: 1,
  source: 'oms.orders',
  data: z.extend(shipment, { labelUrl: text, amountMinor: minorUnits }),
});
