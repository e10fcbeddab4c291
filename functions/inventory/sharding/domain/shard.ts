import { type ShardId, shardName } from './shard-plan.ts';

/**
 * A debit in its shard's journal, which a reservation binds when it is written. Until then it is open whether one ever
 * will. The nonce belongs to this debit alone, or to the debits of one attempt of a large order, each in another shard. It
 * is never used again, not even to send the same debit a second time.
 */
export interface JournalEntry {
  readonly nonce: string;
  readonly orderId: string;
  readonly quantity: number;
  /**
   * When the debit was sent, or the end of the time that a large order has for its debits: milliseconds since 1970 by the
   * sender's clock. Serves only to find old entries.
   */
  readonly at: number;
}

/**
 * The counters of one shard, in units. At every moment: received + movedIn - movedOut = available + reserved + shipped.
 */
export interface ShardCounters extends ShardId {
  readonly available: number;
  readonly reserved: number;
  readonly shipped: number;
  readonly received: number;
  readonly movedIn: number;
  readonly movedOut: number;
  /** Grows with every write that adds units for sale. */
  readonly credits: number;
  /**
   * Only in a closed shard: the number of shards that its location shrinks to. No units are sold from a closed shard or
   * added to it.
   */
  readonly closedTo?: number;
  readonly journal: readonly JournalEntry[];
}

/** Units that leave `available` of one shard before the reservation that binds them is written. */
export interface Debit extends ShardId {
  readonly quantity: number;
  readonly orderId: string;
  readonly nonce: string;
  readonly at: number;
  /**
   * Nonces of bound entries of this shard, which the same write removes from the journal at no cost. At most {@link
   * maxDropped}.
   */
  readonly drops: readonly string[];
}

/**
 * Most entries that one debit removes from its shard's journal. A process has few reservations under way at a time, so
 * it leaves few.
 */
export const maxDropped = 8;

/** Units that come back for sale, and the shard that gets them when their own is closed. */
export interface Return extends ShardId {
  readonly quantity: number;
  /** The open shard of the same location that gets the units. Absent: their own shard, which must be open. */
  readonly creditTo?: number;
}

/** Units that a change of a reservation takes out of `reserved` of one shard. */
export interface ReservedUnits extends Return {
  /** Nonces of the debits that took the units. Their entries leave the shard's journal if they are still there. */
  readonly nonces: readonly string[];
  /** True when the units were shipped: they are taken out of `shipped` instead. */
  readonly shipped?: true;
}

/** Units for sale that move from one shard to another of the same location. */
export interface Transfer {
  readonly from: ShardId;
  /** Absent when no units move. */
  readonly to?: ShardId;
  /** 0 when the transfer only closes `from`. */
  readonly quantity: number;
  /** Condition: `from` has exactly this many units for sale. */
  readonly ifAvailable?: number;
  /** When present, closes `from`; the value is the number of shards that its location shrinks to. */
  readonly close?: number;
}

/** The change that one posting makes to one shard, and its conditions. */
export interface ShardChange extends ShardId {
  /** Units to add, for sale or to be withheld. The shard must be open. */
  readonly in?: number;
  /** Units to remove. That many must be available. */
  readonly out?: number;
  /** Condition: exactly this many units are available. */
  readonly ifAvailable?: number;
  /**
   * Condition: these counters are as they were read, so that no units have been added to the shard or left it since.
   * Reserving units and releasing them changes none of the four.
   */
  readonly ifUntouched?: Pick<ShardCounters, 'received' | 'movedIn' | 'movedOut' | 'shipped'>;
}

/** Most actions of one transaction: the store's limit. */
export const maxTransactionActions = 100;

/**
 * The units, redirected to the shard that takes the place of the one they are to go to when that is among the closed
 * ones.
 *
 * @param found shards as they were read.
 */
export function redirected<Units extends Return>(units: Units, found: readonly ShardCounters[]): Units {
  const { location, sku, shard, creditTo = shard } = units;
  const name = shardName({ location, sku, shard: creditTo });
  const closedTo = found.find((each) => shardName(each) === name)?.closedTo;
  if (closedTo === undefined || typeof creditTo !== 'number') return units;
  return { ...units, creditTo: creditTo % closedTo };
}

/** Units for sale in these shards together. */
export function availableIn(shards: readonly ShardCounters[]): number {
  return shards.reduce((sum, { available }) => sum + available, 0);
}
