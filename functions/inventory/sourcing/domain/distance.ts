import type { RegisteredLocation } from '../../locations/index.ts';
import { countryCenter } from './country-centers.ts';

/** The destination of an order, as precisely as it may be stored outside the personal data. */
export interface Destination {
  readonly country: string;
  /** The beginning of the postal code. */
  readonly postalArea: string;
}

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** Mean radius of the earth (IUGG). */
const earthRadiusKm = 6371;
/** Least number of leading characters in which postal codes must agree: fewer cover half of a large country. */
const minSharedPostalCode = 2;

/**
 * The distance along the great circle, by the haversine formula, in whole kilometers: the coordinates are no more
 * precise.
 */
export function greatCircleKm(from: Point, to: Point): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (a: number, b: number) => Math.sin(rad(b - a) / 2) ** 2;
  const chord =
    half(from.latitude, to.latitude) +
    Math.cos(rad(from.latitude)) * Math.cos(rad(to.latitude)) * half(from.longitude, to.longitude);
  return Math.round(2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord))));
}

/**
 * Kilometers from each of these locations to a destination of which country and postal area are known. The destination
 * is taken to be at the location that shares most of its postal code, else at the center of the country.
 *
 * @returns by location; a location whose distance is not known is left out.
 */
export function distancesTo(
  destination: Destination | undefined,
  places: readonly RegisteredLocation[],
): ReadonlyMap<string, number> {
  const distances = new Map<string, number>();
  const there = destination && pointOf(destination, places);
  if (there === undefined) return distances;
  for (const place of places) {
    const here = coordinatesOf(place);
    if (here !== undefined) distances.set(place.location, greatCircleKm(here, there));
  }
  return distances;
}

function pointOf({ country, postalArea }: Destination, places: readonly RegisteredLocation[]): Point | undefined {
  let nearest: { readonly point: Point; readonly shared: number } | undefined;
  for (const place of places) {
    const point = coordinatesOf(place);
    if (point === undefined || place.country !== country) continue;
    const shared = sharedStart(postalArea, place.postalCode ?? '');
    if (shared >= minSharedPostalCode && shared > (nearest?.shared ?? 0)) nearest = { point, shared };
  }
  return nearest?.point ?? countryCenter(country);
}

function coordinatesOf({ latitude, longitude }: RegisteredLocation): Point | undefined {
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

/** The number of leading characters that two postal codes share, regardless of spaces, hyphens and case. */
function sharedStart(one: string, other: string): number {
  const [a, b] = [one, other].map((code) => code.replace(/[\s-]/g, '').toUpperCase()) as [string, string];
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared += 1;
  return shared;
}
