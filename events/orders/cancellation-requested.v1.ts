import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';

/** Somebody who may wants the order cancelled. `from` is the status it had then. */
export const cancellationRequested = defineEvent({
  type: 'CancellationRequested',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ from: z.enum(['placed', 'confirmed', 'on_hold']), by: z.enum(['customer', 'staff']) }),
});

export type CancellationRequested = EventOf<typeof cancellationRequested>;
