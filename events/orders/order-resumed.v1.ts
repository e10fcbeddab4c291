import * as z from 'zod/mini';
import { defineEvent, type EventOf } from '../define-event.ts';
import { text } from '../vocabulary.ts';

/** A person took the order off hold. */
export const orderResumed = defineEvent({
  type: 'OrderResumed',
  version: 1,
  source: 'oms.orders',
  data: z.strictObject({ reason: text }),
});

export type OrderResumed = EventOf<typeof orderResumed>;
