import type { Pace } from '../../../shared/kernel/backoff.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { ShortMemory } from '../../availability/commands/short-memory.ts';
import type { ShardCounters, StockTable } from '../../sharding/commands/stock-table.ts';
import { type ShardId, type SkuPlan, shardName, shardsOf } from '../../sharding/domain/shard-plan.ts';
import { type StockView, viewOf } from '../../sourcing/domain/stock-view.ts';
import type { Reservation } from '../domain/reservation.ts';

/** What the reservation paths work with. */
export interface Surroundings {
  readonly table: StockTable;
  readonly memory: ShortMemory;
  readonly home: HomeShard;
  readonly pace: Pace;
  /** A text of ten characters that nobody has used before. */
  nonce(): string;
  /** The machine's clock in milliseconds since 1970: only for the ages of looks and entries, never to decide whether a hold is over. */
  nowMs(): number;
  /** Told of the shards where a reservation was turned away because others were there. */
  contended?(shards: readonly ShardId[], now: Instant): Promise<void>;
}

/**
 * The shard that a process tries first, the same until it collides there: buyers in different processes want different
 * shards, and what a process remembers of its own stays right.
 */
export class HomeShard {
  readonly #pace: Pace;
  index = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.move();
  }

  move(): void {
    this.index = Math.floor(this.#pace.random() * 2 ** 16);
  }
}

/** The plans that this process remembers, and a cheap read for the others and the locations. A SKU without any is left out. */
export async function knownPlans(skus: readonly string[], { table, memory }: Surroundings): Promise<SkuPlan[]> {
  const unknown = skus.filter((sku) => memory.plan(sku) === undefined);
  const places = memory.placesDue();
  if (unknown.length > 0 || places) {
    const found = await table.read({ skus: unknown, places }, 'cheap');
    for (const plan of found.plans.values()) memory.learnPlan(plan);
    if (places) memory.learnPlaces(found.places);
  }
  return skus.flatMap((sku) => memory.plan(sku) ?? []);
}

export interface Survey {
  readonly reservation: Reservation | undefined;
  readonly plans: SkuPlan[];
  readonly shards: readonly ShardCounters[];
  readonly view: StockView;
}

/** Looks at the same shards until two agree. More than two says that many units are moving: then some were seen. */
const maxLooks = 4;

/**
 * Looks at every shard of some SKUs at every location, as of now, and at the order's reservation. One request as long
 * as the remembered plans are right; a plan that has grown since costs a second one.
 *
 * Shards are not read at one moment: units that move from one that is read late to one that was read early are in
 * neither. So where units have moved since the last look of this process it looks again, until two looks in a row saw no
 * move between them: each unit lay in one shard from the beginning of the first to the end of the second.
 */
export async function surveyStock(orderId: string, skus: readonly string[], around: Surroundings): Promise<Survey> {
  let before = new Map(skus.map((sku) => [sku, around.memory.moves(sku)]));
  for (let look = 1; ; look++) {
    const survey = await lookOnce(orderId, skus, around);
    const moves = movesIn(skus, survey.shards);
    for (const [sku, count] of moves) around.memory.learnMoves(sku, count);
    if (look === maxLooks || skus.every((sku) => moves.get(sku) === before.get(sku))) return survey;
    before = moves;
  }
}

/** Units that were ever moved into the shards of each SKU: a number that only grows. */
function movesIn(skus: readonly string[], shards: readonly ShardCounters[]): Map<string, number> {
  const moves = new Map(skus.map((sku) => [sku, 0]));
  for (const { sku, movedIn } of shards) moves.set(sku, (moves.get(sku) ?? 0) + movedIn);
  return moves;
}

async function lookOnce(orderId: string, skus: readonly string[], { table, memory }: Surroundings): Promise<Survey> {
  const remembered = skus.flatMap((sku) => memory.plan(sku) ?? []).flatMap(shardsOf);
  const places = memory.placesDue();
  const first = await table.read({ orderId, skus, shards: remembered, places }, 'latest');
  if (places) memory.learnPlaces(first.places);
  const plans = [...first.plans.values()];
  const seen = new Set(remembered.map(shardName));
  const unseen = plans.flatMap(shardsOf).filter((shard) => !seen.has(shardName(shard)));
  const second = unseen.length === 0 ? [] : (await table.read({ shards: unseen }, 'latest')).shards;
  const shards = [...first.shards, ...second];
  memory.learnShards(shards);
  for (const plan of plans) memory.learnPlan(plan);
  const open = shards.filter(({ closedTo }) => closedTo === undefined);
  const available = new Map(open.map((shard) => [shardName(shard), shard.available]));
  const view = viewOf(plans, (shard) => available.get(shardName(shard)) ?? 0, memory.places());
  return { reservation: first.reservation, plans, shards, view };
}
