import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';

/** The order was cancelled on request and everything that had been done for it is undone. No event follows. */
export const orderCancelled = defineEvent({
  type: 'OrderCancelled',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({}),
});

export type OrderCancelled = EventOf<typeof orderCancelled>;
