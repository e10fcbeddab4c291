import { type ShardCounters, type SkuPlan, shardName, shardsOf } from '../../sharding/index.ts';
import { type StockView, viewOf } from '../../sourcing/index.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/** An order's reservation, and the plans and shards of its SKUs, strongly consistent. */
export interface StockNow {
  readonly reservation: Reservation | undefined;
  readonly plans: readonly SkuPlan[];
  readonly shards: readonly ShardCounters[];
  readonly view: StockView;
}

/**
 * Reads of the same shards until two agree. More than two reads show that many units are moving; then some of them were
 * seen.
 */
const maxReads = 4;

type ReadDependencies = Pick<
  ReserveDependencies,
  'stock' | 'shards' | 'plans' | 'locations' | 'counts' | 'moves' | 'nowMs'
>;

/**
 * Reads every shard of some SKUs at every location, and the order's reservation, strongly consistent. This takes one
 * request while the cached plans are right; a plan that has grown since takes a second one.
 *
 * The shards of a request are not read at the same moment: a unit that moves from a shard that is read late to one that
 * was read early is seen in neither. So when units have moved since the last read of this process, the shards are read
 * again, until two reads in a row saw no move between them. Then each unit lay in one shard from the beginning of the
 * first read to the end of the second.
 */
export async function readStock(
  orderId: string,
  skus: readonly string[],
  dependencies: ReadDependencies,
): Promise<StockNow> {
  const { moves, nowMs } = dependencies;
  let before = new Map(skus.map((sku) => [sku, moves.get(sku, nowMs()) ?? 0]));
  for (let read = 1; ; read++) {
    const found = await readOnce(orderId, skus, dependencies);
    const moved = movesIn(skus, found.shards);
    for (const [sku, count] of moved) moves.set(sku, count, nowMs());
    if (read === maxReads || skus.every((sku) => moved.get(sku) === before.get(sku))) return found;
    before = moved;
  }
}

/** Units that were ever moved into the shards of each SKU. The number only grows. */
function movesIn(skus: readonly string[], shards: readonly ShardCounters[]): Map<string, number> {
  const moves = new Map(skus.map((sku) => [sku, 0]));
  for (const { sku, movedIn } of shards) moves.set(sku, (moves.get(sku) ?? 0) + movedIn);
  return moves;
}

async function readOnce(
  orderId: string,
  skus: readonly string[],
  { stock, shards: store, plans: cache, locations, counts }: ReadDependencies,
): Promise<StockNow> {
  const cached = [...cache.getAll(skus).values()].flatMap(shardsOf);
  const withLocations = locations.isDue();
  const first = await stock.readStock({ orderId, skus, shards: cached, locations: withLocations });
  if (withLocations) locations.learn(first.locations);
  const plans = [...first.plans.values()];
  const read = new Set(cached.map(shardName));
  const unread = plans.flatMap(shardsOf).filter((shard) => !read.has(shardName(shard)));
  const second = unread.length === 0 ? [] : await store.read(unread, 'strong');
  const shards = [...first.shards, ...second];
  counts.learn(shards);
  for (const plan of plans) cache.learn(plan);
  const open = shards.filter(({ closedTo }) => closedTo === undefined);
  const available = new Map(open.map((shard) => [shardName(shard), shard.available]));
  return {
    reservation: first.reservation,
    plans,
    shards,
    view: viewOf(plans, available, 0, locations.known),
  };
}
