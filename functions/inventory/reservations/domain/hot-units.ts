import {
  type Debited,
  fitsOneWrite,
  type ReservedUnits,
  type ShardCounters,
  type ShardId,
  type SkuPlan,
  shardName,
} from '../../sharding/index.ts';
import { type Part, perShard } from './reservation.ts';

/** Most debits of one order. Each is a write, and one more write binds them all. */
export const maxDebits = 50;
/**
 * Entries that a journal may have before a debit clears it. With a few more the shard passes 1 kB, and every write of
 * it costs double.
 */
const fullJournal = 8;
/**
 * When the first debit that clears the journal finds too few entries to remove, another one tries after this many
 * further entries.
 */
const cleaningStep = 4;

/**
 * The units of hot SKUs among these parts, by shard, in the order in which they are debited. The order is the same for
 * every request, so that requests for the last units of several SKUs meet at the first of these SKUs, and one of the
 * requests goes on.
 */
export function hotUnits(parts: readonly Part[], plans: readonly SkuPlan[]): ReservedUnits[] {
  const hotSkus = new Set(plans.flatMap(({ sku, path }) => (path === 'J' ? sku : [])));
  const units = perShard(parts.filter(({ sku }) => hotSkus.has(sku)));
  return units.sort((a, b) => a.sku.localeCompare(b.sku) || shardName(a).localeCompare(shardName(b)));
}

/** Whether one order may take its parts as they are: in one write, after debits of few enough hot shards. */
export function isReservable(parts: readonly Part[], plans: readonly SkuPlan[]): boolean {
  return fitsOneWrite(parts) && hotUnits(parts, plans).length <= maxDebits;
}

/**
 * Whether the process whose debit left a shard like this is to clear its journal, in which other processes have left
 * entries. Of the debits that fill a journal exactly one sees each length of it, so no two clear it at once.
 */
export function isCleaner({ journal }: ShardCounters): boolean {
  return journal.length > fullJournal && (journal.length - fullJournal) % cleaningStep === 1;
}

/** The parts with the nonces of the debits that took their units. */
export function withNonces(parts: readonly Part[], debits: readonly Debited[]): Part[] {
  return parts.map((part) => {
    const debit = debits.find((each) => isSameShard(each, part));
    return debit === undefined ? part : { ...part, nonce: debit.nonce };
  });
}

function isSameShard(one: ShardId, other: ShardId): boolean {
  return one.location === other.location && one.sku === other.sku && one.shard === other.shard;
}
