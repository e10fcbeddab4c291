import type { Clock } from './time.ts';

/** The clock in milliseconds since 1970. */
export const millisecondsBy = (clock: Clock) => (): number => Date.parse(clock());
