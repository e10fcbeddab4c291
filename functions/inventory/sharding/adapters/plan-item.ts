import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { RecordRequest } from '../../../shared/table-access.ts';
import type { SkuPlan } from '../domain/shard-plan.ts';
import { textHash } from '../domain/text-hash.ts';

export const planPrefix = stockKinds.plan;
export const planKey = (sku: string) => planPrefix + sku;
/**
 * Items that list the hot SKUs, each in a set `skus`. The change of a plan writes one of them, so that changes of different
 * SKUs seldom meet, and each item has room for a sixteenth of the hot SKUs.
 */
const hotItems = 16;
const hotPrefix = stockKinds.hotSkus;
export const hotKeyOf = (sku: string) => `${hotPrefix}${textHash(sku) % hotItems}`;
/** All items that list hot SKUs. `H#hot` is the only one that the first release writes. */
export const hotKeys = [...Array.from({ length: hotItems }, (_, index) => `${hotPrefix}${index}`), `${hotPrefix}hot`];

const count = z.int().check(z.minimum(0));
const instant = z.pipe(
  z.string(),
  z.transform((text) => text as Instant),
);

const planItem = z.object({
  pk: z.string(),
  path: z.enum(['T', 'J']),
  rev: count,
  locations: z.array(
    z.object({
      location: z.string(),
      shards: count,
      priority: count,
      mostShards: z.exactOptional(count),
      closingTo: z.exactOptional(count),
    }),
  ),
  lowAt: z.exactOptional(count),
  backorder: z.exactOptional(z.object({ mode: z.enum(['backorder', 'preorder']), limit: z.exactOptional(count) })),
  splitLines: z.exactOptional(z.boolean()),
  safety: z.exactOptional(z.record(z.string(), count)),
  changedAt: z.exactOptional(instant),
  keepUntil: z.exactOptional(instant),
  expectedPeakPerSecond: z.exactOptional(count),
});

function planItemOf({ sku, revision, ...rest }: SkuPlan): Item {
  return marshall({ pk: planKey(sku), ...rest, rev: revision }, { removeUndefinedValues: true });
}

/**
 * The plan in an item.
 *
 * @throws Error when the item is not a plan.
 */
export function planFrom(item: Item): SkuPlan {
  const { pk, rev, ...rest } = z.parse(planItem, unmarshall(item));
  return { sku: pk.slice(planPrefix.length), ...rest, revision: rev };
}

/** The plans of these SKUs, by SKU; those without one are left out. */
export function planRecords(skus: readonly string[]): RecordRequest<ReadonlyMap<string, SkuPlan>> {
  return {
    keys: skus.map(planKey),
    read: (items) =>
      new Map(
        skus.flatMap((sku) => {
          const item = items.get(planKey(sku));
          return item === undefined ? [] : [[sku, planFrom(item)] as const];
        }),
      ),
  };
}

/** The write of a plan over the revision before it, or of the first revision where there is no plan. */
export function planPut(table: string, plan: SkuPlan): TransactWriteItem {
  const before = plan.revision - 1;
  return {
    Put: {
      TableName: table,
      Item: planItemOf(plan),
      ...(before === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'rev = :before', ExpressionAttributeValues: { ':before': { N: String(before) } } }),
    },
  };
}

/** The check that a plan still has this revision; 0 stands for a SKU without a plan. */
export function planCheck(table: string, sku: string, revision: number): TransactWriteItem {
  const none = { ConditionExpression: 'attribute_not_exists(pk)' };
  const same = { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': { N: String(revision) } } };
  const Key = { pk: { S: planKey(sku) } };
  return { ConditionCheck: { TableName: table, Key, ...(revision === 0 ? none : same) } };
}
