import { setTimeout } from 'node:timers/promises';

/** What waiting needs from outside: a random number from 0 (inclusive) to 1 (exclusive), and a way to wait. */
export interface Pace {
  random(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemPace: Pace = { random: Math.random, sleep: (milliseconds) => setTimeout(milliseconds) };

/** About twice what a transaction holds an item for, so that the first repetition has a fair chance. */
const firstWaitMs = 10;
/** Beyond this, longer waits only add latency: whoever is in the way is gone. */
const maxWaitMs = 400;

/**
 * Waits before repetition number `attempt` (from 0): a random time below a bound that doubles. The full range is used,
 * because those who collided must not meet again.
 */
export function backOff(attempt: number, pace: Pace): Promise<void> {
  return pace.sleep(pace.random() * Math.min(maxWaitMs, firstWaitMs * 2 ** attempt));
}
