import * as z from 'zod/mini';
import { decodeCursor } from '../../shared/cursor.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../shared/kernel/time.ts';
import type { ListRange } from '../commands/order-lists.ts';
import { earliest } from '../domain/view-keys.ts';

/** The content of a cursor: the `placedKey` of the last order on the previous page. */
const cursorContent = z.strictObject({
  before: z.string().check(
    z.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#ord_[0-9A-Z]{26}$/),
    z.refine((key) => !Number.isNaN(Date.parse(key.slice(0, key.indexOf('#'))))),
  ),
});

/** Added to the present as the upper bound, so that an order placed by a function whose clock is ahead is listed. */
const clockSkewSeconds = 60;

/**
 * The range of a list request: from `from` to `to`, both included, or to where the cursor's page ended.
 *
 * @returns a refusal for an empty range or a malformed cursor.
 */
export function readListRange(
  query: { readonly from?: string | undefined; readonly to?: string | undefined; readonly cursor?: string | undefined },
  now: Instant,
): ListRange | Refusal<'INVALID_CURSOR' | 'VALIDATION_FAILED'> {
  const from = query.from === undefined ? earliest : inUtc(query.from);
  const last = query.to === undefined ? addSeconds(now, clockSkewSeconds) : inUtc(query.to);
  if (query.from !== undefined && query.to !== undefined && from > last) {
    return refuse('VALIDATION_FAILED', 'The range is empty.', [{ path: 'query.from', message: 'is after query.to' }]);
  }
  // A key is the instant followed by `#`. `$` sorts after `#`, so the bound includes the orders of that instant.
  const to = `${last}$`;
  if (query.cursor === undefined) return { from, before: to };
  const cursor = decodeCursor(cursorContent, query.cursor);
  if (isRefusal(cursor)) return cursor;
  return { from, before: cursor.before < to ? cursor.before : to };
}

/** The first and the last moment of the years with four digits, outside of which an instant's text does not sort. */
const [firstMs, lastMs] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

function inUtc(time: string): Instant {
  return toInstant(Math.min(Math.max(Date.parse(time), firstMs), lastMs));
}
