import type { ShardCounters } from './shard.ts';

/**
 * A shard with more units than this multiple of the average gives some away; one with fewer than that multiple receives
 * some. Between the two a move is not worth its four write units.
 */
const giverAbove = 1.25;
const takerBelow = 0.75;
/** A smaller move costs more than the searches that it saves. */
const leastUnits = 4;

export interface ShardMove {
  readonly from: ShardCounters;
  readonly to: ShardCounters;
  readonly quantity: number;
}

/**
 * Moves that bring the open shards of a location closer to their average: the fullest shard gives to the emptiest, and
 * each shard takes part in at most one move.
 */
export function movesBetween(shards: readonly ShardCounters[]): ShardMove[] {
  const open = shards.filter(({ closedTo }) => closedTo === undefined);
  const average = open.reduce((sum, { available }) => sum + available, 0) / open.length;
  const falling = open.toSorted((a, b) => b.available - a.available);
  const givers = falling.filter(({ available }) => available > average * giverAbove);
  const takers = falling.filter(({ available }) => available < average * takerBelow).toReversed();
  return takers.flatMap((to, index) => {
    const from = givers[index];
    const quantity = from === undefined ? 0 : Math.floor((from.available - to.available) / 2);
    return from === undefined || quantity < leastUnits ? [] : [{ from, to, quantity }];
  });
}

/**
 * Spreads units evenly over at most `maxParts` of the shards, beginning at shard `start`. Receipts begin at different
 * shards, so that together they fill all of them.
 */
export function spreadUnits(
  quantity: number,
  shards: number,
  start: number,
  maxParts: number,
): { readonly shard: number; readonly quantity: number }[] {
  const parts = Math.min(shards, quantity, maxParts);
  const each = Math.floor(quantity / parts);
  const left = quantity % parts;
  return Array.from({ length: parts }, (_, index) => ({
    shard: (start + index) % shards,
    quantity: each + (index < left ? 1 : 0),
  }));
}
