import type { Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { maxTransactionActions, type ShardCounters } from '../domain/shard.ts';
import { movesBetween } from '../domain/shard-moves.ts';
import { openShardsOf, type ShardId, type SkuPlan } from '../domain/shard-plan.ts';
import type { ShardStore } from './shard-store.ts';

/** Moves under way at a time. Each is between two shards that no other move uses, so that moves do not contend. */
const concurrency = 32;
/**
 * Most rounds of moves. A round can double the number of shards that have units, so that nine rounds fill 512 shards
 * from one.
 */
const maxRounds = 12;
/** Most shards that one transaction opens: another action checks the plan. */
export const maxReopened = maxTransactionActions - 1;

export interface SpreadDependencies {
  readonly shards: Pick<ShardStore, 'read' | 'transfer' | 'reopen'>;
  readonly pace: Pace;
}

/** Opens the shards that a plan gives a location, and spreads the location's units over them. */
export async function spreadOverShards(
  plan: SkuPlan,
  location: string,
  dependencies: SpreadDependencies,
): Promise<void> {
  const there = plan.locations.find((each) => each.location === location);
  if (there === undefined) return;
  const shards = openShardsOf(plan.sku, there);
  const found = await dependencies.shards.read(shards, 'strong');
  if (!(await openShards(plan, found, dependencies))) return;
  await rebalanceShards(shards, dependencies);
}

/**
 * Opens shards that an earlier, smaller plan closed and that this plan has. Each transaction checks that the plan is
 * still this one: a shard that is opened after the location has begun to shrink again would hold units that no plan
 * names.
 *
 * @returns false when the plan has changed; the process that changed it opens its shards.
 */
export async function openShards(
  plan: SkuPlan,
  found: readonly ShardCounters[],
  { shards, pace }: { readonly shards: Pick<ShardStore, 'reopen'>; readonly pace: Pace },
): Promise<boolean> {
  const closed = found.filter(({ closedTo }) => closedTo !== undefined);
  for (let start = 0; start < closed.length; start += maxReopened) {
    const batch = closed.slice(start, start + maxReopened);
    const result = await untilUncontended(pace, () => shards.reopen(plan, batch));
    if (result.outcome === 'plan-changed') return false;
  }
  return true;
}

/**
 * Spreads the units of some shards of one location over them, while they are being sold. Every move is one transaction,
 * so an interrupted run leaves the shards only less even. A move that is contended or finds too few units is skipped.
 *
 * @param known the shards as they were just read; saves the first read.
 * @returns how many moves were made.
 */
export async function rebalanceShards(
  ids: readonly ShardId[],
  { shards }: { readonly shards: Pick<ShardStore, 'read' | 'transfer'> },
  { rounds = maxRounds, known }: { readonly rounds?: number; readonly known?: readonly ShardCounters[] } = {},
): Promise<number> {
  let moved = 0;
  let current = known;
  for (let round = 0; round < rounds; round++) {
    current ??= await shards.read(ids, 'strong');
    const queue = movesBetween(current);
    if (queue.length === 0) break;
    const work = async (): Promise<void> => {
      for (let move = queue.shift(); move !== undefined; move = queue.shift()) {
        const { from, to, quantity } = move;
        const result = await shards.transfer({ from: idOf(from), to: idOf(to), quantity });
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
