import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { maxLocations, type RegisteredLocation, type Registry, registryWith } from '../domain/location.ts';

/** Port to the registered locations. They are one record, which is read in the same request as the plans. */
export interface LocationRegistry {
  /** Strongly consistent. */
  read(): Promise<Registry>;
  /** Replaces the previous revision; false when the registry has changed since or another request is writing it. */
  write(after: Registry): Promise<boolean>;
}

/** Attempts while other requests change the registry. Few, because only staff change it. */
const maxAttempts = 8;

/**
 * Adds or replaces a location.
 *
 * @throws TransientFault when the registry changed during every attempt.
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
  throw new TransientFault(`the locations changed during each of ${maxAttempts} attempts`);
}
