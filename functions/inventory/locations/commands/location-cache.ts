import { byName, type LocationsByName, type RegisteredLocation } from '../domain/location.ts';

/** Locations are changed by hand. A location that was made inactive may be sold from for as long as this. */
const lifeMs = 10_000;

/** The registered locations as this process last read them. Outdated ones are kept until they are read again. */
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
    const age = this.#since === undefined ? lifeMs : this.#nowMs() - this.#since;
    // A clock that was set back must not make an entry live longer.
    return age < 0 || age >= lifeMs;
  }

  learn(locations: readonly RegisteredLocation[] = []): void {
    this.known = byName(locations);
    this.#since = this.#nowMs();
  }

  /** False for a location that staff made inactive. */
  isSoldFrom({ location }: { readonly location: string }): boolean {
    return this.known?.get(location)?.active !== false;
  }
}
