import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';

/** All shipments of the order were delivered or cancelled. */
export const orderCompleted = defineEvent({
  type: 'OrderCompleted',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({}),
});

export type OrderCompleted = EventOf<typeof orderCompleted>;
