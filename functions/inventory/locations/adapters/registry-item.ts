import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import type { RecordRequest } from '../../../shared/table-access.ts';
import type { Registry } from '../domain/location.ts';

const registryKey = `${stockKinds.locations}all`;

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

export function registryItemOf({ locations, revision }: Registry): Item {
  return marshall({ pk: registryKey, rev: revision, locations }, { removeUndefinedValues: true });
}

/** @throws Error when the item is not a registry. */
function registryFrom(item: Item | undefined): Registry {
  if (item === undefined) return { locations: [], revision: 0 };
  const { locations, rev } = z.parse(registryItem, unmarshall(item));
  return { locations, revision: rev };
}

/** Reads the registry; empty before the first registration. */
export const registryRecord: RecordRequest<Registry> = {
  keys: [registryKey],
  read: (items) => registryFrom(items.get(registryKey)),
};
