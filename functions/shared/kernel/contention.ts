import { backOff, type Pace } from './backoff.ts';
import { TransientFault } from './faults.ts';

/** Another request was writing the same items; nothing happened. Worth repeating after a moment. */
export interface Contended {
  readonly outcome: 'contended';
}

/** Repetitions of a contended request: with the pauses between them, about a second. */
const maxAttempts = 10;

/**
 * Repeats a request that was turned away because other requests were writing the same items.
 *
 * @throws TransientFault when it still was contended at the last attempt.
 */
export async function untilUncontended<Outcome extends { readonly outcome: string }>(
  pace: Pace,
  request: () => Promise<Outcome>,
): Promise<Exclude<Outcome, Contended>> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const result = await request();
    if (result.outcome !== 'contended') return result as Exclude<Outcome, Contended>;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`others were writing the same stock at all of ${maxAttempts} attempts`);
}
