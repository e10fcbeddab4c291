/** A place that has stock, registered by staff. A location that only receipts name is not registered. */
export interface RegisteredLocation {
  readonly location: string;
  readonly name?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly postalCode?: string | undefined;
  readonly region?: string | undefined;
  /** Degrees; both or neither. */
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  /** Sourcing prefers locations with a lower number. */
  readonly priority: number;
  /** Orders are not sourced from an inactive location. */
  readonly active: boolean;
}

/** Enough for a chain of shops, and few enough to fit into one item of the store. */
export const maxLocations = 500;
export const maxPriority = 9_999;

/** All registered locations, by name. */
export interface Registry {
  readonly locations: readonly RegisteredLocation[];
  /** Increases with every change; 0 before the first. */
  readonly revision: number;
}

export type LocationsByName = ReadonlyMap<string, RegisteredLocation>;

export function byName(locations: readonly RegisteredLocation[] = []): LocationsByName {
  return new Map(locations.map((each) => [each.location, each]));
}

/** The registered locations with one added or replaced, sorted by name. */
export function registryWith(
  registered: readonly RegisteredLocation[],
  added: RegisteredLocation,
): readonly RegisteredLocation[] {
  const others = registered.filter(({ location }) => location !== added.location);
  return [...others, added].sort((a, b) => (a.location < b.location ? -1 : 1));
}
