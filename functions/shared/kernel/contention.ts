import { backOff, type Pace } from './backoff.ts';
import { TransientFault } from './faults.ts';

/** Another request was writing the same items, and nothing was written. The request may be repeated after a pause. */
export interface Contended {
  readonly outcome: 'contended';
}

/** Attempts of a contended request; the pauses between them add up to about a second. */
const maxAttempts = 10;

/**
 * Repeats a request while its outcome is `contended`, with growing pauses.
 *
 * @throws TransientFault when the last attempt was contended too.
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
  throw new TransientFault(`other requests were writing the same items during each of ${maxAttempts} attempts`);
}
