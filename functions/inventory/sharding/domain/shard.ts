import { type ShardId, shardName } from './shard-plan.ts';

/**
 * A debit that lies in its shard's journal: a reservation may or may not bind it yet. The nonce belongs to this debit
 * alone and is never used again, not even to send the same debit a second time.
 */
export interface JournalEntry {
  readonly nonce: string;
  readonly orderId: string;
  readonly quantity: number;
  /** When the debit was sent: milliseconds since 1970 by the sender's clock. Only its age matters, and only to find it. */
  readonly at: number;
}

/** The columns of one shard. At every moment: received + moved in - moved out = available + reserved + shipped. */
export interface ShardCounters extends ShardId {
  readonly available: number;
  readonly reserved: number;
  readonly shipped: number;
  readonly received: number;
  readonly movedIn: number;
  readonly movedOut: number;
  /** Grows whenever units come (back) for sale. */
  readonly credits: number;
  /** Only in a closed shard: the number of shards that its location shrinks to. Nothing sells from it or goes into it. */
  readonly closedTo?: number;
  readonly journal: readonly JournalEntry[];
}

/** Units of one shard that leave `available` at once; the reservation that binds them follows. */
export interface Debit extends ShardId {
  readonly quantity: number;
  readonly orderId: string;
  readonly nonce: string;
  readonly at: number;
  /** Bound entries of this shard that leave the journal with this write, at no cost. At most {@link maxDropped}. */
  readonly drops: readonly string[];
}

/** Entries that one debit removes from its shard's journal: a process has few sales under way at a time. */
export const maxDropped = 8;

/** Where to put units that come back, when their own shard is closed. */
export interface Return extends ShardId {
  readonly quantity: number;
  /** An open shard of the same location. Without it they go to their own, and that must be open. */
  readonly creditTo?: number;
}

/** What a change of a reservation takes from one shard. */
export interface ReservedUnits extends Return {
  /** Their entries, if still there, leave the shard's journal. */
  readonly nonces: readonly string[];
  /** They were booked out: they leave `shipped` instead of `reserved`. */
  readonly shipped?: true;
}

/** Units for sale that go from one shard to another of the same location. */
export interface Transfer {
  readonly from: ShardId;
  /** Absent when nothing moves. */
  readonly to?: ShardId;
  /** 0 to close only. */
  readonly quantity: number;
  /** Only if `from` has exactly so many units for sale. */
  readonly ifAvailable?: number;
  /** Closes `from`: the number of shards that its location shrinks to. */
  readonly close?: number;
}

/** What a posting does to one shard, and on which conditions. */
export interface ShardChange extends ShardId {
  /** Units that come in for sale, or to be withheld; the shard must be open. */
  readonly in?: number;
  /** Units that go out; so many must be available. */
  readonly out?: number;
  /** Only if the shard has exactly so many units available. */
  readonly ifAvailable?: number;
  /** Only if nothing came into the shard or left it since it was seen so. Sales and their release do neither. */
  readonly ifUntouched?: Pick<ShardCounters, 'received' | 'movedIn' | 'movedOut' | 'shipped'>;
}

/** Actions of one transaction: the store's limit. */
export const maxTransactionActions = 100;

/** Units that come back, redirected if the shard they are to go to is among these closed ones. */
export function redirected<Units extends Return>(units: Units, found: readonly ShardCounters[]): Units {
  const { location, sku, shard, creditTo = shard } = units;
  const name = shardName({ location, sku, shard: creditTo });
  const closedTo = found.find((each) => shardName(each) === name)?.closedTo;
  if (closedTo === undefined || typeof creditTo !== 'number') return units;
  return { ...units, creditTo: creditTo % closedTo };
}

export function availableIn(shards: readonly ShardCounters[]): number {
  return shards.reduce((sum, { available }) => sum + available, 0);
}
