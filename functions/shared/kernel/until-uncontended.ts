import type { Contended } from '../../inventory/sharding/commands/stock-table.ts';
import { backOff, type Pace } from './backoff.ts';
import { TransientFault } from './faults.ts';

/** Repetitions of a request that met others: with the pauses between them, about a second. */
const maxAttempts = 10;

/**
 * Repeats a request that was turned away because others were writing the same items.
 *
 * @throws TransientFault when they still were at the last attempt.
 */
export async function untilUncontended<Outcome extends { readonly outcome: string }>(
  pace: Pace,
  request: () => Promise<Outcome | Contended>,
): Promise<Exclude<Outcome, Contended>> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const result = await request();
    if (result.outcome !== 'contended') return result as Exclude<Outcome, Contended>;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`others were writing the same stock at all of ${maxAttempts} attempts`);
}
