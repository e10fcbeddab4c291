import type { Pace } from '../../../shared/kernel/backoff.ts';
import { isTransient } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import {
  claimRead,
  insufficientIn,
  newestSnapshots,
  publishSnapshot,
  type Snapshot,
  showsCrowd,
  showsReturns,
  showsWhere,
} from '../../availability/index.ts';
import { repairOldEntries, type SkuPlan } from '../../sharding/index.ts';
import { type Allocated, allocate } from '../../sourcing/index.ts';
import { hotUnits } from '../domain/hot-units.ts';
import { answerReserve } from '../domain/reservation.ts';
import { outOfStock, type ReserveAnswer, type StockRequest } from '../domain/stock-request.ts';
import { readStock, type StockNow } from './read-stock.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/**
 * The wait for another process's snapshot, in milliseconds. Each request waits for a random part of it, so that few look
 * at the same time. While units are coming back, a request may be refused only by a snapshot that began after it arrived:
 * nearly every request then finds one after its first wait. Shorter waits cost more failed debits: those who wait meet in
 * the shards that each new snapshot shows.
 */
const waitMs = { least: 0, most: 200 };
const waitForReturnsMs = { least: 100, most: 200 };
const nextWaitMs = { least: 50, most: 150 };
/**
 * After this time, or this number of looks at the snapshots, a request no longer waits and reads the shards without a claim.
 * The time is well below the function's time-out.
 */
const maxWaitMs = 3_000;
const maxLooks = 30;
/** Choices that a request checks by a read of their shards. */
const maxChecks = 3;

/** Where an order's units are, with the plans that say so, or the answer to the order when it is clear already. */
export type Finding = { readonly answer: ReserveAnswer } | (Allocated & { readonly plans: readonly SkuPlan[] });

/**
 * Finds where an order's units are, or that there are too few: from the snapshots where those are young enough; else from
 * a read of every shard. While other processes read the SKU too, one of them at a time has the claim to read its shards
 * for each copy of the snapshot, and the others wait for its snapshot: slow reads would otherwise lead to more reads.
 *
 * @param search when the request arrived, and how old a snapshot may be that still says which shards to try: both in
 * milliseconds since 1970.
 */
export async function findStock(
  request: StockRequest,
  wanted: ReadonlyMap<string, number>,
  now: Instant,
  plans: readonly SkuPlan[],
  search: { readonly arrivedAt: number; readonly hintsAfter: number },
  dependencies: ReserveDependencies,
): Promise<Finding> {
  const { arrivedAt, hintsAfter } = search;
  const { reservations, counts, snapshots: cache, home, pace } = dependencies;
  const hot = plans.filter(({ path }) => path === 'J');
  for (let look = 0; look < maxLooks; look++) {
    const snapshots = await newestSnapshots(hot, look === 0, dependencies);
    const nowMs = dependencies.nowMs();
    const moment = { nowMs, arrivedAt, creditedAt: (sku: string) => counts.creditedAt(sku) };
    const insufficient = insufficientIn(snapshots, wanted, moment);
    if (insufficient.length > 0) {
      const reservation = await reservations.find(request.orderId);
      return { answer: reservation === undefined ? outOfStock(insufficient) : answerReserve(reservation, now) };
    }
    const trusted = (snapshot: Snapshot) =>
      snapshot.at > hintsAfter && showsWhere(snapshot, nowMs, cache.wrongAt(snapshot.sku));
    if (snapshots.length === hot.length && snapshots.every(trusted)) {
      const returns = snapshots.some((snapshot) => showsReturns(snapshot, nowMs));
      for (let check = 0; check < maxChecks; check++) {
        const choice = allocate(request.lines, counts.view(plans), home.index, request);
        if (!('parts' in choice)) break;
        if (!returns || (await areStillThere(choice, plans, dependencies))) return { ...choice, plans };
        home.move();
      }
    }
    const crowded = snapshots.find((snapshot) => showsCrowd(snapshot, nowMs));
    if (crowded === undefined || nowMs - arrivedAt >= maxWaitMs) break;
    if (look > 0 && (await claimRead(crowded, dependencies))) break;
    await pause(pace, look > 0 ? nextWaitMs : showsReturns(crowded, nowMs) ? waitForReturnsMs : waitMs);
  }
  return readForOrder(request, [...wanted.keys()], now, dependencies);
}

function pause(pace: Pace, { least, most }: { readonly least: number; readonly most: number }): Promise<void> {
  return pace.sleep(least + pace.random() * (most - least));
}

/** Whether the hot shards of a choice still have its units: a read that costs a tenth of a failed debit. */
async function areStillThere(
  { parts }: Allocated,
  plans: readonly SkuPlan[],
  { shards, counts }: ReserveDependencies,
): Promise<boolean> {
  const units = hotUnits(parts, plans);
  const seen = await shards.read(units, 'eventual');
  counts.learn(seen);
  return units.every(({ quantity }, index) => {
    const shard = seen[index];
    return shard !== undefined && shard.closedTo === undefined && shard.available >= quantity;
  });
}

/** Reads the stock strongly consistent. Before it refuses an order, it brings back units of crashed workers. */
async function readForOrder(
  request: StockRequest,
  skus: readonly string[],
  now: Instant,
  dependencies: ReserveDependencies,
): Promise<Finding> {
  let found = await readAndPublish(request.orderId, skus, dependencies);
  const { repairedCount } = await repairOldEntries(found.shards, dependencies);
  if (repairedCount > 0) found = await readAndPublish(request.orderId, skus, dependencies);
  if (found.reservation !== undefined) return { answer: answerReserve(found.reservation, now) };
  const choice = allocate(request.lines, found.view, dependencies.home.index, request);
  return 'insufficient' in choice ? { answer: outOfStock(choice.insufficient) } : { ...choice, plans: found.plans };
}

async function readAndPublish(
  orderId: string,
  skus: readonly string[],
  dependencies: ReserveDependencies,
): Promise<StockNow> {
  const at = dependencies.nowMs();
  const found = await readStock(orderId, skus, dependencies);
  const sold = found.shards.filter((shard) => dependencies.locations.isSoldFrom(shard));
  const hot = found.plans.filter(({ path }) => path === 'J');
  try {
    await Promise.all(hot.map((plan) => publishSnapshot(plan, sold, at, dependencies)));
  } catch (fault) {
    // A snapshot only saves other processes a read: when it cannot be written, this request still gets its answer.
    if (!isTransient(fault)) throw fault;
  }
  return found;
}
