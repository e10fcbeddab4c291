import * as z from 'zod/mini';
import { decodeCursor } from '../../shared/cursor.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../shared/kernel/time.ts';
import type { ListRange } from '../commands/order-lists.ts';

const place = z.strictObject({
  before: z.string().check(
    z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#ord_[0-9A-Z]{26}$/),
    z.refine((key) => !Number.isNaN(Date.parse(key.slice(0, key.indexOf('#'))))),
  ),
});

/** Before every order: the list has no other lower bound. */
const beginning = '1970-01-01';
/** Clocks of functions differ by less; an order placed a moment ago is listed. */
const clockSkewSeconds = 60;

/** The range a list request asks for: from `from` up to and including `to`, or up to where the cursor left off. */
export function readListRange(
  query: { readonly from?: string | undefined; readonly to?: string | undefined; readonly cursor?: string | undefined },
  now: Instant,
): ListRange | Refusal<'INVALID_CURSOR' | 'VALIDATION_FAILED'> {
  const from = query.from === undefined ? beginning : toInstant(Date.parse(query.from));
  const last = query.to === undefined ? addSeconds(now, clockSkewSeconds) : toInstant(Date.parse(query.to));
  if (query.to !== undefined && from > last) {
    return refuse('VALIDATION_FAILED', 'The range is empty.', [{ path: 'query.from', message: 'is after query.to' }]);
  }
  // A key is the instant followed by `#`, so the next character up makes the bound include the instant itself.
  const to = `${last}$`;
  if (query.cursor === undefined) return { from, before: to };
  const cursor = decodeCursor(place, query.cursor);
  if (isRefusal(cursor)) return cursor;
  return { from, before: cursor.before < to ? cursor.before : to };
}
