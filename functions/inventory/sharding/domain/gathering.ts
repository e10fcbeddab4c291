import { maxTransactionActions, type Return, type Transfer } from './shard.ts';
import { type ShardId, shardName } from './shard-plan.ts';

/** Items beside the shards in the largest write of a reservation: it, its backorder and the backorder's queue. */
const besideShards = 3;

type Units = ShardId & { readonly quantity: number };

const placeOf = ({ location, sku }: ShardId) => `${location}#${sku}`;
/** The first shard of a location and the withheld ones are never closed. */
const mayClose = ({ shard }: ShardId) => typeof shard === 'number' && shard > 0;

/**
 * The most shards that one reservation of these units may have. It is written in one transaction with its shards. When
 * it is released, shards that have been closed give their units to one more shard of each SKU and location.
 */
function mostShards(units: readonly ShardId[]): number {
  const closable = new Set(units.filter(mayClose).map(placeOf)).size;
  return maxTransactionActions - Math.max(besideShards, 1 + closable);
}

/** Whether every write of a reservation of these units is within the limit of a transaction. */
export function fitsOneWrite(units: readonly ShardId[]): boolean {
  return new Set(units.map(shardName)).size <= mostShards(units);
}

/**
 * The transfers after which the same units are in few enough shards. The fullest shards get the units of the others of
 * their SKU and location. The transfers of one list have the same target.
 *
 * @param most shards that are allowed; at most what one write can change, unless `inSeveral`.
 * @param inSeveral true for the units of a large order, which several writes change.
 * @returns undefined when the units are of too many SKUs and locations.
 */
export function gathering(
  units: readonly Units[],
  most: number = maxTransactionActions,
  inSeveral = false,
): readonly (readonly Transfer[])[] | undefined {
  const shards = [...Map.groupBy(units, shardName).values()].map((parts) => {
    const { location, sku, shard } = parts[0] as Units;
    return { location, sku, shard, quantity: parts.reduce((sum, { quantity }) => sum + quantity, 0) };
  });
  const fixed = shards.filter(({ shard }) => typeof shard !== 'number');
  const places = [
    ...Map.groupBy(
      shards.filter(({ shard }) => typeof shard === 'number'),
      placeOf,
    ).values(),
  ];
  const byUnits = places.map((there) => there.toSorted((a, b) => b.quantity - a.quantity));
  const room = (inSeveral ? most : Math.min(most, mostShards(shards))) - fixed.length - places.length;
  if (room < 0) return undefined;
  const spare = byUnits.flatMap((there) => there.slice(1)).sort((a, b) => b.quantity - a.quantity);
  const kept = new Set([...byUnits.map(([first]) => first), ...spare.slice(0, room)]);
  return byUnits.flatMap((there) => {
    const targets = there.filter((each) => kept.has(each));
    const givers = there.filter((each) => !kept.has(each));
    return targets.map((to, index) =>
      givers
        .filter((_, giver) => giver % targets.length === index)
        .map(({ quantity, ...from }) => ({ from, to: idOf(to), quantity })),
    );
  });
}

/**
 * The same units, with one target for those of each SKU and location that are redirected: the lowest of their targets.
 * Units are returned like this when one write could not change every target.
 */
export function withOneTarget<Each extends Return>(units: readonly Each[]): readonly Each[] {
  const targets = new Map<string, number>();
  for (const each of units) {
    if (typeof each.creditTo !== 'number') continue;
    targets.set(placeOf(each), Math.min(each.creditTo, targets.get(placeOf(each)) ?? each.creditTo));
  }
  return units.map((each) => (each.creditTo === undefined ? each : { ...each, creditTo: targets.get(placeOf(each)) }));
}

function idOf({ location, sku, shard }: ShardId): ShardId {
  return { location, sku, shard };
}
