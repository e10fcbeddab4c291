import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { ShardId } from '../domain/shard-plan.ts';
import type { ShardCounters } from './stock-table.ts';

/** Shards this much above and below the average give and take. Between them a move is not worth its four write units. */
const fullFrom = 1.25;
const poorBelow = 0.75;
/** A move of fewer units costs more than the buyers it saves a search. */
const leastUnits = 4;
/** Moves under way at a time, each between two shards of its own: they do not meet, and half a thousand take a moment. */
const concurrency = 32;
/** A full shard doubles the number of shards that have something in each round; nine rounds make 512 of one. */
const maxRounds = 12;

export interface Move {
  readonly from: ShardCounters;
  readonly to: ShardCounters;
  readonly quantity: number;
}

/** Moves that bring open shards closer to their average: the fullest gives to the poorest, each shard at most once. */
export function movesBetween(shards: readonly ShardCounters[]): Move[] {
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
 * Spreads the units of some shards of one location over them, while they are being sold. Every move is one transaction, so
 * breaking off anywhere leaves them only less even; a move that meets others or finds too little is left out.
 *
 * @param known the shards as they were read a moment ago; saves the first read.
 */
export async function evenOut(
  shards: readonly ShardId[],
  { table, memory }: Surroundings,
  { rounds = maxRounds, known }: { readonly rounds?: number; readonly known?: readonly ShardCounters[] } = {},
): Promise<number> {
  let moved = 0;
  let current = known;
  for (let round = 0; round < rounds; round++) {
    current ??= (await table.read({ shards }, 'latest')).shards;
    const queue = movesBetween(current);
    if (queue.length === 0) break;
    memory.forget(queue.flatMap(({ from, to }) => [from, to]));
    const work = async (): Promise<void> => {
      for (let move = queue.shift(); move !== undefined; move = queue.shift()) {
        const { from, to, quantity } = move;
        const result = await table.transfer({ sku: from.sku, from: idOf(from), to: idOf(to), quantity });
        if (result.outcome === 'done') moved += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
    current = undefined;
  }
  return moved;
}

function idOf({ location, sku, shard }: ShardId): ShardId {
  return { location, sku, shard };
}
