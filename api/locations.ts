import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { country, location, optional, postalCode, text, withDefault } from './vocabulary.ts';

/** The last priority; lower numbers are preferred. Unregistered locations come after all registered ones. */
const maxPriority = 9_999;

/** A ten-millionth of a degree is a centimeter. More decimals say nothing, and the store does not hold all of them. */
const partsOfDegree = 1e7;

const degrees = (most: number) =>
  z.number().check(
    z.minimum(-most),
    z.maximum(most),
    z.overwrite((value) => Math.round(value * partsOfDegree) / partsOfDegree + 0),
  );

export const putLocationBody = z
  .strictObject({
    name: optional(text),
    country,
    postalCode: optional(postalCode),
    region: optional(text),
    latitude: optional(degrees(90)),
    longitude: optional(degrees(180)),
    priority: withDefault(z.int().check(z.minimum(0), z.maximum(maxPriority)), 100),
    active: withDefault(z.boolean(), true),
  })
  .check(
    z.refine(({ latitude, longitude }) => latitude === undefined || longitude !== undefined, {
      path: ['longitude'],
      error: 'required along with latitude',
    }),
    z.refine(({ latitude, longitude }) => longitude === undefined || latitude !== undefined, {
      path: ['latitude'],
      error: 'required along with longitude',
    }),
  );

export const locationResource = z.object({
  location,
  name: z.optional(z.string()),
  country: z.string(),
  postalCode: z.optional(z.string()),
  region: z.optional(z.string()),
  latitude: z.optional(z.number()),
  longitude: z.optional(z.number()),
  priority: z.int(),
  active: z.boolean(),
});

export const locationList = z.object({ items: z.array(locationResource) });

export const putLocation = defineRoute({
  operationId: 'put-location',
  entryPoint: 'inventory/put-location',
  method: 'PUT',
  path: '/locations/{location}',
  access: ['staff'],
  summary:
    'Create or replace a location. Orders are served by priority, then distance. A location that was made inactive stops ' +
    'selling within 10 seconds.',
  throttle: { ratePerSecond: 50, burst: 100 },
  body: putLocationBody,
  success: { status: 200, body: locationResource },
  refusals: ['TOO_MANY_LOCATIONS'],
});

export const listLocations = defineRoute({
  operationId: 'list-locations',
  entryPoint: 'inventory/list-locations',
  method: 'GET',
  path: '/locations',
  access: ['staff', 'warehouse'],
  summary: 'List all registered locations by name, at most 500.',
  throttle: { ratePerSecond: 100, burst: 200 },
  success: { status: 200, body: locationList },
  refusals: [],
});

export const getLocation = defineRoute({
  operationId: 'get-location',
  entryPoint: 'inventory/get-location',
  method: 'GET',
  path: '/locations/{location}',
  access: ['staff', 'warehouse'],
  summary: 'Get a registered location.',
  throttle: { ratePerSecond: 100, burst: 200 },
  success: { status: 200, body: locationResource },
  refusals: ['NOT_FOUND'],
});

export const locationRoutes = [putLocation, listLocations, getLocation] as const;
