import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { LocationRegistry } from './register-location.ts';

/** Checks that a location exists. */
export type LocationCheck = (
  location: string,
  path?: string,
) => Promise<{ readonly value: string } | Refusal<'UNKNOWN_LOCATION'>>;

/**
 * Makes the check that a location is registered, active or not: stock is booked to registered locations only. Locations
 * are never deleted, so those that were seen are remembered, and the registry is read only for others.
 */
export function existingLocation({ registry }: { readonly registry: Pick<LocationRegistry, 'read'> }): LocationCheck {
  let known: ReadonlySet<string> = new Set();
  return async (location, path = 'location') => {
    if (!known.has(location)) known = new Set((await registry.read()).locations.map((each) => each.location));
    if (known.has(location)) return { value: location };
    const message = 'register it first with PUT /locations/{location}';
    return refuse('UNKNOWN_LOCATION', `There is no location ${location}.`, [{ path, message }]);
  };
}
