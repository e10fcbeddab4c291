import type { ShardCounters } from './shard.ts';

/** Shards this much above and below the average give and take. Between them a move is not worth its four write units. */
const fullFrom = 1.25;
const poorBelow = 0.75;
/** A move of fewer units costs more than the buyers it saves a search. */
const leastUnits = 4;

export interface ShardMove {
  readonly from: ShardCounters;
  readonly to: ShardCounters;
  readonly quantity: number;
}

/** Moves that bring open shards closer to their average: the fullest gives to the poorest, each shard at most once. */
export function movesBetween(shards: readonly ShardCounters[]): ShardMove[] {
  const open = shards.filter(({ closedTo }) => closedTo === undefined);
  const average = open.reduce((sum, { available }) => sum + available, 0) / open.length;
  const falling = open.toSorted((a, b) => b.available - a.available);
  const givers = falling.filter(({ available }) => available > average * fullFrom);
  const takers = falling.filter(({ available }) => available < average * poorBelow).toReversed();
  return takers.flatMap((to, index) => {
    const from = givers[index];
    const quantity = from === undefined ? 0 : Math.floor((from.available - to.available) / 2);
    return from === undefined || quantity < leastUnits ? [] : [{ from, to, quantity }];
  });
}

/**
 * Spreads units evenly over at most `maxParts` of the shards, beginning at shard `start`: receipts that begin at
 * different shards fill them all in the end.
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
