import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { registryKey } from '../../sharding/adapters/keys.ts';
import type { RegisteredLocation } from '../domain/location.ts';

const registryItem = z.object({
  rev: z.int(),
  locations: z.array(
    z.object({
      location: z.string(),
      name: z.optional(z.string()),
      country: z.string(),
      postalCode: z.optional(z.string()),
      region: z.optional(z.string()),
      latitude: z.optional(z.number()),
      longitude: z.optional(z.number()),
      priority: z.int(),
      active: z.boolean(),
    }),
  ),
});

export interface Registry {
  readonly locations: readonly RegisteredLocation[];
  /** Grows with every change; 0 before the first. */
  readonly revision: number;
}

export function registryItemOf({ locations, revision }: Registry): Item {
  return marshall({ pk: registryKey, rev: revision, locations }, { removeUndefinedValues: true });
}

/** @throws Error when the item is no registry. */
export function registryFrom(item: Item | undefined): Registry {
  if (item === undefined) return { locations: [], revision: 0 };
  const { locations, rev } = z.parse(registryItem, unmarshall(item));
  return { locations, revision: rev };
}
