import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { failure, text } from '../vocabulary.ts';

/** The amount of a shipment could not be captured; the order goes on hold. */
export const paymentCaptureFailed = defineEvent({
  type: 'PaymentCaptureFailed',
  version: 1,
  source: 'oms.orders',
  data: z.extend(failure, { shipmentId: text }),
});

export type PaymentCaptureFailed = EventOf<typeof paymentCaptureFailed>;
