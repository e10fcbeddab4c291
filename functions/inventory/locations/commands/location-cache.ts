import { byName, type LocationsByName, type RegisteredLocation } from '../domain/location.ts';

/**
 * Milliseconds until the registry is read again. For this long, units may still be sold at a location made inactive.
 */
const maxAgeMs = 10_000;

/** The registered locations that this process last read. Outdated ones are kept until the next read. */
export class LocationCache {
  readonly #nowMs: () => number;
  #since: number | undefined;
  /** Undefined before the first read. */
  known: LocationsByName | undefined;

  /** @param nowMs milliseconds since any fixed moment. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** True when the registry should be read again. */
  isDue(): boolean {
    const age = this.#since === undefined ? maxAgeMs : this.#nowMs() - this.#since;
    // A clock that was set back must not extend the life of the entry.
    return age < 0 || age >= maxAgeMs;
  }

  learn(locations: readonly RegisteredLocation[] = []): void {
    this.known = byName(locations);
    this.#since = this.#nowMs();
  }

  /** False for a location that is registered as inactive. */
  isSoldFrom({ location }: { readonly location: string }): boolean {
    return this.known?.get(location)?.active !== false;
  }
}
