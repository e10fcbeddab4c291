import { isTransient } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import {
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
import { answerReserve } from '../domain/reservation.ts';
import { outOfStock, type ReserveAnswer, type StockRequest } from '../domain/stock-request.ts';
import { readStock, type StockNow } from './read-stock.ts';
import type { ReserveDependencies } from './reserve-dependencies.ts';

/**
 * The longest wait for another process's snapshot. Each request waits for a random part of it, so that few read the
 * shards at the same time.
 */
const waitMs = 200;
/** The shortest wait while units are coming back: nearly every request then reads one process's snapshot. */
const waitForReturnsMs = 100;

/** Where an order's units are, with the plans that say so, or the answer to the order when it is clear already. */
export type Finding = { readonly answer: ReserveAnswer } | (Allocated & { readonly plans: readonly SkuPlan[] });

/**
 * Finds where an order's units are, or that there are too few: from the snapshots where those are young enough; else,
 * after a short wait for another process's snapshot, from a read of every shard.
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
  for (const round of ['at once', 'after a wait']) {
    const snapshots = await newestSnapshots(hot, round === 'at once', dependencies);
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
      const choice = allocate(request.lines, counts.view(plans), home.index, request);
      if ('parts' in choice) return { ...choice, plans };
    }
    if (round === 'after a wait' || !snapshots.some((snapshot) => showsCrowd(snapshot, nowMs))) break;
    const least = snapshots.some((snapshot) => showsReturns(snapshot, nowMs)) ? waitForReturnsMs : 0;
    await pace.sleep(least + pace.random() * (waitMs - least));
  }
  return readForOrder(request, [...wanted.keys()], now, dependencies);
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
