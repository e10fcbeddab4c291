import type { ReservedUnits, Return } from '../domain/shard.ts';
import { type ShardId, shardName } from '../domain/shard-plan.ts';
import type { ShardWrite } from './shard-updates.ts';

type Returned = Return & Pick<ReservedUnits, 'nonces' | 'shipped'> & { readonly oldEntry?: string };

/**
 * The writes that put reserved or shipped units back for sale, in their own shard or by a move into another one. A
 * transaction may name a shard only once, so writes of the same shard are merged. The shards that give units come
 * first, in the order of `units`.
 */
export function returned(units: readonly Returned[]): ShardWrite[] {
  const writes = new Map<string, ShardWrite>();
  const add = (shard: ShardId, more: Omit<ShardWrite, 'shard'>) => {
    const known = writes.get(shardName(shard));
    writes.set(shardName(shard), known === undefined ? { shard, ...more } : merged(known, more));
  };
  for (const { location, sku, shard, quantity, creditTo, nonces, shipped, oldEntry } of units) {
    const own = { location, sku, shard };
    const entries = { drops: nonces, ...(oldEntry !== undefined && { oldEntry }) };
    const taken = shipped ? { sh: -quantity } : { rs: -quantity };
    if (creditTo === undefined) add(own, { add: { ...taken, av: quantity, v: 1 }, whileOpen: true, ...entries });
    else add(own, { add: { ...taken, xo: quantity }, ...entries });
  }
  for (const { location, sku, quantity, creditTo } of units) {
    if (creditTo === undefined) continue;
    const target = { location, sku, shard: creditTo };
    add(target, { add: { av: quantity, xi: quantity, v: 1 }, mayBeNew: true, whileOpen: true });
  }
  return [...writes.values()];
}

function merged(one: ShardWrite, other: Omit<ShardWrite, 'shard'>): ShardWrite {
  const sum = { ...one.add };
  for (const [column, units] of Object.entries(other.add) as [keyof ShardWrite['add'], number][]) {
    sum[column] = (sum[column] ?? 0) + units;
  }
  return {
    ...one,
    ...other,
    add: sum,
    // A shard that gives units exists.
    mayBeNew: one.mayBeNew === true && other.mayBeNew === true,
    whileOpen: one.whileOpen === true || other.whileOpen === true,
    drops: [...(one.drops ?? []), ...(other.drops ?? [])],
  };
}
