import { type ShardId, shardName } from '../domain/shard-plan.ts';
import type { LedgerKind } from '../domain/stock-table.ts';
import { textHash } from '../domain/text-hash.ts';

/** Every shard has a partition key of its own: one item can never be split, and a partition has a thousand writes a second. */
export const shardKey = (shard: ShardId) => `I#${shardName(shard)}`;
export const planKey = (sku: string) => `P#${sku}`;
export const reservationKey = (orderId: string) => `R#${orderId}`;
export const ledgerKey = (kind: LedgerKind, id: string) => `C#${kind}#${id}`;
export const boardKey = (sku: string, copy: number) => `B#${sku}#${copy}`;
/** What was told of a SKU's level last. */
export const toldKey = (sku: string) => `N#${sku}`;

/** Attributes of a shard that are entries of its journal: no map that somebody would have to make first. */
export const entryPrefix = 'j:';

export const prefixes = { shard: 'I#', plan: 'P#', reservation: 'R#', ledger: 'C#', told: 'N#' } as const;

/** The sparse index of holds: an item is in it while it has a bucket. */
export const expiryIndex = 'byExpiry';
/** Buckets spread the index's writes over partitions; each costs the sweep one query. */
const holdBuckets = 8;

export const allHoldBuckets = Array.from({ length: holdBuckets }, (_, bucket) => `HOLD#${bucket}`);

/** The bucket of an order's hold, always the same. */
export function holdBucketOf(orderId: string): string {
  return `HOLD#${textHash(orderId) % holdBuckets}`;
}
