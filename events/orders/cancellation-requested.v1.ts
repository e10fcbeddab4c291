import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';

/** The customer or staff requested the cancellation of the order. `from` is the order's status at that time. */
export const cancellationRequested = defineEvent({
  type: 'CancellationRequested',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ from: z.enum(['placed', 'confirmed', 'on_hold']), by: z.enum(['customer', 'staff']) }),
});

export type CancellationRequested = EventOf<typeof cancellationRequested>;
