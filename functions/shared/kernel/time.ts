/** A moment in UTC, ISO 8601 with milliseconds, such as `2026-11-22T09:30:00.000Z`. Sorts as text. */
export type Instant = string & { readonly __brand: 'Instant' };

export type Clock = () => Instant;

/** The system's clock, read in no other place. Domains receive an `Instant`. */
export const systemClock: Clock = () => new Date().toISOString() as Instant;

/** A clock's time as a number, for measuring ages: milliseconds since 1970. */
export function millisecondsOf(clock: Clock): () => number {
  return () => Date.parse(clock());
}

export function addSeconds(instant: Instant, seconds: number): Instant {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString() as Instant;
}

export function toInstant(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}
