import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { maxLocations, type RegisteredLocation, type Registry, registryWith } from '../domain/location.ts';

/** The registered locations, kept together: readers of plans read them in the same request. */
export interface LocationRegistry {
  /** As of now. */
  read(): Promise<Registry>;
  /** Only over the revision before it; false when the registry has changed since or is being written. */
  write(after: Registry): Promise<boolean>;
}

/** Times a change is made anew because another one came first. Staff are few. */
const maxAttempts = 8;

/**
 * Adds or replaces a location.
 *
 * @throws TransientFault when the registry changed at every attempt.
 */
export async function registerLocation(
  location: RegisteredLocation,
  { registry, pace }: { readonly registry: LocationRegistry; readonly pace: Pace },
): Promise<RegisteredLocation | Refusal<'TOO_MANY_LOCATIONS'>> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const before = await registry.read();
    const locations = registryWith(before.locations, location);
    if (locations.length > maxLocations) {
      return refuse('TOO_MANY_LOCATIONS', `There may be ${maxLocations} locations.`);
    }
    if (await registry.write({ locations, revision: before.revision + 1 })) return location;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`the locations changed ${maxAttempts} times meanwhile`);
}
