import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { writeIf } from '../../../shared/conditional-writes.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import { type RecordRequest, readRecords, type TableAccess } from '../../../shared/table-access.ts';
import type { SnapshotStore } from '../commands/snapshot-store.ts';
import { claimMs, clockSkewMs, type Snapshot } from '../domain/snapshot.ts';

export const snapshotKey = (sku: string, copy: number) => `${stockKinds.snapshot}${sku}#${copy}`;

const count = z.int().check(z.minimum(0));

const snapshotItem = z.object({
  at: count,
  units: count,
  /** By location: shard, units, shard, units, … */
  free: z.record(z.string(), z.array(count)),
  credits: count,
  changed: count,
  claimed: z.optional(count),
});

export function dynamodbSnapshotStore(access: TableAccess): SnapshotStore {
  return {
    async readSnapshot(sku, copy) {
      return (await readRecords(access, { snapshot: snapshotRecord(sku, copy) }, 'eventual')).snapshot;
    },
    writeSnapshot: (copy, snapshot) => writeSnapshot(access, copy, snapshot),
    claimRead: (sku, copy, claim) => claimRead(access, snapshotKey(sku, copy), claim),
  };
}

function snapshotRecord(sku: string, copy: number): RecordRequest<Snapshot | undefined> {
  const key = snapshotKey(sku, copy);
  return {
    keys: [key],
    read(items) {
      const item = items.get(key);
      return item && snapshotFrom(sku, item);
    },
  };
}

/**
 * Leaves a newer snapshot as it is, unless it is from the future: then a wrong clock has written it. A snapshot that cannot be
 * written is no loss, so there is no second attempt for which a buyer would wait.
 */
async function writeSnapshot({ once, table }: TableAccess, copy: number, snapshot: Snapshot): Promise<void> {
  await writeIf(undefined, () =>
    once.send(
      new PutItemCommand({
        TableName: table,
        Item: snapshotItemOf(copy, snapshot),
        ConditionExpression: 'attribute_not_exists(pk) OR #at < :at OR #at > :future',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: {
          ':at': { N: String(snapshot.at) },
          ':future': { N: String(snapshot.at + clockSkewMs) },
        },
      }),
    ),
  );
}

/** The claim is part of the snapshot's item: the next snapshot replaces the item and thereby ends the claim. */
async function claimRead(
  { once, table }: TableAccess,
  key: string,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<boolean> {
  const claimed = await writeIf(undefined, () =>
    once.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: key } },
        UpdateExpression: 'SET #claimed = :until',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(#claimed) OR #claimed <= :now OR #claimed > :future)',
        ExpressionAttributeNames: { '#claimed': 'claimed' },
        ExpressionAttributeValues: {
          ':until': { N: String(until) },
          ':now': { N: String(now) },
          ':future': { N: String(now + claimMs + clockSkewMs) },
        },
      }),
    ),
  );
  return claimed.outcome === 'done';
}

function snapshotItemOf(copy: number, { sku, at, units, free, credits, creditsChangedAt }: Snapshot): Item {
  const byLocation: Record<string, number[]> = {};
  for (const { location, shard, available } of free) {
    const list = byLocation[location] ?? [];
    byLocation[location] = list;
    list.push(shard, available);
  }
  return marshall({ pk: snapshotKey(sku, copy), at, units, free: byLocation, credits, changed: creditsChangedAt });
}

/**
 * The snapshot in an item.
 *
 * @throws Error when the item is not a snapshot.
 */
function snapshotFrom(sku: string, item: Item): Snapshot {
  const { at, units, free, credits, changed, claimed } = z.parse(snapshotItem, unmarshall(item));
  const fullest = Object.entries(free).flatMap(([location, list]) =>
    Array.from({ length: list.length / 2 }, (_, index) => ({
      location,
      shard: list[2 * index] ?? 0,
      available: list[2 * index + 1] ?? 0,
    })),
  );
  return {
    ...{ sku, at, units, credits },
    free: fullest,
    creditsChangedAt: changed,
    ...(claimed !== undefined && { claimedUntil: claimed }),
  };
}
