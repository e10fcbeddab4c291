import { setTimeout } from 'node:timers/promises';

/**
 * The randomness and the timer of a backoff: a number from 0 (inclusive) to 1 (exclusive), and a wait in milliseconds.
 */
export interface Pace {
  random(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemPace: Pace = { random: Math.random, sleep: (milliseconds) => setTimeout(milliseconds) };

/** About twice the time for which a transaction holds an item, so that the first repetition usually succeeds. */
const firstWaitMs = 10;
/** A longer wait only adds latency: the conflicting transaction has ended by then. */
const maxWaitMs = 400;

/**
 * Waits before repetition number `attempt` (from 0). The wait is random between 0 and a bound that doubles with each
 * attempt up to {@link maxWaitMs}; the full range keeps callers that collided from colliding again.
 */
export function backOff(attempt: number, pace: Pace): Promise<void> {
  return pace.sleep(pace.random() * Math.min(maxWaitMs, firstWaitMs * 2 ** attempt));
}
