import { isTransient } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import { mostShardsOf } from '../domain/plan-size.ts';
import type { ShardId, SkuPlan } from '../domain/shard-plan.ts';
import { grownPlan } from './change-plan.ts';
import { openShardsOf, settleIn } from './open-shards.ts';

/**
 * Times that one process is turned away at a location's shards before it asks for more of them, and the time that these
 * count together. A process serves one buyer at a time: to be turned away once is a coincidence of a few milliseconds,
 * three times in a second says that the shards are taken for much of it.
 */
const timesTurnedAway = 3;
const withinMs = 1_000;
/**
 * Between two growths of a SKU. What the last one brought shows only after everybody has learned of it and its units
 * have moved.
 */
const growthMs = 2_000;
/** The first step away from transactions: four shards sell what nobody expects of a SKU that nobody prepared. */
const firstShards = 4;

/** Told by a reservation path of the shards where it was turned away: a conflict, a throttle. */
export type Contention = (shards: readonly ShardId[], now: Instant) => Promise<void>;

/**
 * Watches what this process meets and grows the shards of a SKU that is in demand. Of all the processes that notice, one
 * changes the plan and moves the units; the others only learn of it. A reservation never fails because of this.
 */
export function growWhenContended(around: Surroundings): Contention {
  const met = new Map<string, { since: number; times: number }>();
  const isTooMuch = (name: string): boolean => {
    const nowMs = around.nowMs();
    const known = met.get(name);
    const fresh = known !== undefined && nowMs - known.since < withinMs;
    const times = fresh ? known.times + 1 : 1;
    met.set(name, { since: fresh ? known.since : nowMs, times });
    if (times < timesTurnedAway) return false;
    met.clear();
    return true;
  };
  return async (shards, now) => {
    const places = new Map(shards.map(({ sku, location }) => [`${location}#${sku}`, { sku, location }]));
    for (const [name, { sku, location }] of places) {
      if (!isTooMuch(name)) continue;
      try {
        await growContended(sku, location, now, around);
      } catch (fault) {
        if (!isTransient(fault)) throw fault;
      }
    }
  };
}

async function growContended(sku: string, location: string, now: Instant, around: Surroundings): Promise<void> {
  if (chasesLastUnits(sku, location, now, around)) return;
  const before = (await around.table.read({ skus: [sku] }, 'latest')).plans.get(sku);
  if (before === undefined) return;
  around.memory.learnPlan(before);
  if (grewOfLate(before, now)) return;
  const plan = doubledPlan(before, location, now, await unitsAt(before, location, around));
  // Tried once: who loses has a buyer waiting, and somebody else has just changed the plan.
  if (plan === before || (await around.table.writePlan(plan)) === 'changed') return;
  around.memory.learnPlan(plan);
  await settleIn(plan, location, around);
}

/**
 * Whether a board says that too little is left for more shards. At the end of a sale a crowd meets at the last units:
 * looking into that would cost each of them a read of every shard, when reads are scarcest.
 */
function chasesLastUnits(sku: string, location: string, now: Instant, { memory }: Surroundings): boolean {
  const [plan, board] = [memory.plan(sku), memory.board(sku)];
  return plan !== undefined && board !== undefined && doubledPlan(plan, location, now, board.units) === plan;
}

/** Whether the last growth is so young that nobody can know what it brought. */
export function grewOfLate({ changedAt }: SkuPlan, now: Instant): boolean {
  return changedAt !== undefined && Date.parse(now) - Date.parse(changedAt) < growthMs;
}

/** Twice the shards at a location, as far as its units are worth them; a location that is shrinking keeps what it has. */
export function doubledPlan(plan: SkuPlan, location: string, now: Instant, units: number, wanted = 0): SkuPlan {
  const known = plan.locations.find((each) => each.location === location);
  if (known === undefined) return plan;
  if (known.closingTo !== undefined) return grownPlan(plan, location, known.shards, now);
  const doubled = Math.max(2 * known.shards, wanted, plan.path === 'T' ? firstShards : 0);
  return grownPlan(plan, location, Math.min(doubled, mostShardsOf(units)), now);
}

async function unitsAt(plan: SkuPlan, location: string, { table }: Surroundings): Promise<number> {
  const there = plan.locations.find((each) => each.location === location);
  if (there === undefined) return 0;
  const { shards } = await table.read({ shards: openShardsOf(plan.sku, there) }, 'latest');
  return shards.reduce((sum, { available }) => sum + available, 0);
}
