import type * as z from 'zod/mini';
import type { putStockPlanBody } from '../../../../api/inventory.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../../shared/kernel/time.ts';
import type { PlanRequest } from '../domain/prepared-plan.ts';

/** The longest time that shards are kept. Each minute of it costs reads, so a later sale is prepared later. */
const maxKeptSeconds = 30 * 86_400;

/**
 * Translates a request. Its times become UTC instants, which compare as text.
 *
 * @returns `VALIDATION_FAILED` when `keepUntil` is not within 30 days from now.
 */
export function planRequest(
  { keepUntil, expectedPeakPerSecond, location, splitLines, lowAt }: z.output<typeof putStockPlanBody>,
  now: Instant,
): PlanRequest | Refusal<'VALIDATION_FAILED'> {
  const until = keepUntil === undefined ? undefined : toInstant(Date.parse(keepUntil));
  if (until !== undefined && (until <= now || until > addSeconds(now, maxKeptSeconds))) {
    const message = 'must be within 30 days from now';
    return refuse('VALIDATION_FAILED', 'The request is not valid.', [{ path: 'keepUntil', message }]);
  }
  return {
    ...(expectedPeakPerSecond !== undefined && { expectedPeakPerSecond }),
    ...(until !== undefined && { keepUntil: until }),
    ...(location !== undefined && { location }),
    ...(splitLines !== undefined && { splitLines }),
    ...(lowAt !== undefined && { lowAt }),
  };
}
