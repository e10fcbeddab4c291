import type { Instant } from '../../../shared/kernel/time.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import { salesPerShard, shardsFor } from '../domain/plan-size.ts';
import { allShardsOf, type LocationPlan, type SkuPlan } from '../domain/shard-plan.ts';
import { changePlan, grownPlan } from './change-plan.ts';
import { doubledPlan, grewOfLate } from './grow-when-contended.ts';
import { mergeShards } from './merge-shards.ts';
import { openShards, openShardsOf, settleIn } from './open-shards.ts';
import { evenOut } from './rebalance-shards.ts';
import type { ShardCounters } from './stock-table.ts';
import { sweepJournals } from './sweep-journals.ts';

/** Shards are too many when they sell less than this part of what they are for, and have done so for ten minutes. */
const coldPart = 1 / 4;
const coldMs = 600_000;
/** SKUs looked after at the same time. */
const concurrency = 4;

/** What a look at the hot SKUs found and did. */
export interface Tended {
  readonly hotCount: number;
  readonly grownCount: number;
  readonly mergedCount: number;
  readonly movedCount: number;
  readonly healedCount: number;
  /** Whether anything is being sold, so that another look is worth it in some seconds. */
  readonly active: boolean;
  readonly failed: readonly { readonly sku: string; readonly reason: unknown }[];
}

/** What is remembered of a location between two looks. */
interface Seen {
  /** Units reserved or shipped. */
  readonly sold: number;
  readonly atMs: number;
  readonly coldSinceMs: number | undefined;
}

/**
 * Looks after the hot SKUs: heals what interrupted reservations left, gives shards to those in demand, takes them from
 * those that have cooled down, and evens out the rest. Whatever it does is decided on the plan's revision and safe to be
 * broken off, so that two may look at once. The rates are those between two looks of this process; one that starts anew
 * only takes longer to find a SKU cold.
 */
export function stockTender(around: Surroundings): (now: Instant) => Promise<Tended> {
  const seen = new Map<string, Seen>();
  return async (now) => {
    const skus = [...(await around.table.hotSkus())];
    const { healedCount } = skus.length === 0 ? { healedCount: 0 } : await sweepJournals(skus, around);
    const done = { grownCount: 0, mergedCount: 0, movedCount: 0, active: false };
    const failed: { sku: string; reason: unknown }[] = [];
    const queue = [...skus];
    const work = async (): Promise<void> => {
      for (let sku = queue.shift(); sku !== undefined; sku = queue.shift()) {
        try {
          await tendSku(sku, now, seen, done, around);
        } catch (reason) {
          failed.push({ sku, reason });
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return { hotCount: skus.length, healedCount, ...done, failed };
  };
}

interface Done {
  grownCount: number;
  mergedCount: number;
  movedCount: number;
  active: boolean;
}

async function tendSku(
  sku: string,
  now: Instant,
  seen: Map<string, Seen>,
  done: Done,
  around: Surroundings,
): Promise<void> {
  const plan = (await around.table.read({ skus: [sku] }, 'latest')).plans.get(sku);
  if (plan === undefined) return;
  const { shards } = await around.table.read({ shards: allShardsOf(plan) }, 'latest');
  if (shards.some(({ journal }) => journal.length > 0)) done.active = true;
  for (const there of plan.locations) {
    const found = shards.filter(({ location }) => location === there.location);
    const pace = paceOf(`${there.location}#${sku}`, there, found, seen, around.nowMs());
    if ((pace.salesPerSecond ?? 0) > 0) done.active = true;
    await tendLocation({ plan, there, found, ...pace }, now, done, around);
  }
  await coolDown(plan, shards, now, around);
}

interface LocationPace {
  /** Undefined at the first look. */
  readonly salesPerSecond: number | undefined;
  /** Whether it has been cold for long. */
  readonly cold: boolean;
}

/** What a location sold since the last look. Units that came back count against it. */
function paceOf(
  name: string,
  { shards }: LocationPlan,
  found: readonly ShardCounters[],
  seen: Map<string, Seen>,
  nowMs: number,
): LocationPace {
  const sold = found.reduce((sum, { reserved, shipped }) => sum + reserved + shipped, 0);
  const before = seen.get(name);
  const elapsedMs = nowMs - (before?.atMs ?? nowMs);
  if (before === undefined || elapsedMs <= 0) {
    seen.set(name, { sold, atMs: nowMs, coldSinceMs: before?.coldSinceMs });
    return { salesPerSecond: undefined, cold: false };
  }
  const salesPerSecond = Math.max(0, (sold - before.sold) / (elapsedMs / 1_000));
  const isCold = salesPerSecond < salesPerShard * shards * coldPart;
  const coldSinceMs = isCold ? (before.coldSinceMs ?? before.atMs) : undefined;
  seen.set(name, { sold, atMs: nowMs, coldSinceMs });
  return { salesPerSecond, cold: coldSinceMs !== undefined && nowMs - coldSinceMs >= coldMs };
}

interface Location extends LocationPace {
  readonly plan: SkuPlan;
  readonly there: LocationPlan;
  readonly found: readonly ShardCounters[];
}

async function tendLocation(location: Location, now: Instant, done: Done, around: Surroundings): Promise<void> {
  const { plan, there, found, cold } = location;
  if (await grow(location, now, around)) {
    done.grownCount += 1;
    return;
  }
  const idle = cold && there.shards > 1 && !isKept(plan, now) && !changedOfLate(plan, now);
  if (idle || there.closingTo !== undefined) {
    if (await mergeShards(plan.sku, there.location, now, around)) done.mergedCount += 1;
    return;
  }
  const open = openShardsOf(plan.sku, there);
  const known = found.slice(0, open.length);
  if (!(await openShards(plan, known, around))) return;
  const closed = known.some(({ closedTo }) => closedTo !== undefined);
  done.movedCount += await evenOut(open, around, { rounds: 1, ...(!closed && { known }) });
}

/** Gives a location the shards that its sales, or the sale that somebody prepared, ask for. */
async function grow({ plan, there, found, salesPerSecond = 0 }: Location, now: Instant, around: Surroundings) {
  const expected = isKept(plan, now) ? (plan.expectedPeakPerSecond ?? 0) : 0;
  const units = found.reduce((sum, { available }) => sum + available, 0);
  const wanted = shardsFor(salesPerSecond, units);
  const inDemand = salesPerSecond > salesPerShard * (there.closingTo ?? there.shards);
  const grown = (before: SkuPlan): SkuPlan => {
    if (inDemand && !grewOfLate(before, now)) return doubledPlan(before, there.location, now, units, wanted);
    return expected > 0 ? grownPlan(before, there.location, shardsFor(expected, units), now) : before;
  };
  if (grown(plan) === plan) return false;
  const { plan: after, written } = await changePlan(plan.sku, around, (before) => before && grown(before));
  if (after !== undefined && written) await settleIn(after, there.location, around);
  return written;
}

/** A sale that was prepared and is over, and shards that were merged and have settled: the SKU is like any other again. */
async function coolDown(
  plan: SkuPlan,
  shards: readonly ShardCounters[],
  now: Instant,
  around: Surroundings,
): Promise<void> {
  const isClean = shards.every(({ journal }) => journal.length === 0);
  const cooled = (before: SkuPlan): SkuPlan => {
    const { keepUntil, expectedPeakPerSecond, changedAt, ...rest } = before;
    const over = keepUntil !== undefined && !isKept(before, now);
    const isCold = rest.path === 'T' && rest.locations.every((each) => each.shards === 1);
    const settled = changedAt !== undefined && isCold && isClean && !changedOfLate(before, now);
    if (!over && !settled) return before;
    return {
      ...rest,
      ...(keepUntil !== undefined && !over && { keepUntil }),
      ...(expectedPeakPerSecond !== undefined && !over && { expectedPeakPerSecond }),
      ...(changedAt !== undefined && !settled && { changedAt }),
      revision: before.revision + 1,
    };
  };
  if (cooled(plan) === plan) return;
  await changePlan(plan.sku, around, (before) => before && cooled(before));
}

function isKept({ keepUntil }: SkuPlan, now: Instant): boolean {
  return keepUntil !== undefined && now < keepUntil;
}

function changedOfLate({ changedAt }: SkuPlan, now: Instant): boolean {
  return changedAt !== undefined && Date.parse(now) - Date.parse(changedAt) < coldMs;
}
