import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';

/** Stock is reserved, the payment is authorized and the shipments are booked; the warehouse may pack. */
export const orderConfirmed = defineEvent({
  type: 'OrderConfirmed',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({}),
});

export type OrderConfirmed = EventOf<typeof orderConfirmed>;
