import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { counted } from '../../../shared/kernel/counted.ts';
import { isTransient, TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { byName } from '../../locations/index.ts';
import { newHold, type StockReader, type TogetherDependencies } from '../../reservations/index.ts';
import {
  backorderShard,
  fitsOneWrite,
  gatherUnits,
  type RepairDependencies,
  repairEntries,
  type ShardCounters,
  type ShardId,
  type ShardStore,
  type SkuPlan,
  shardsOf,
} from '../../sharding/index.ts';
import { type AllocationChoice, unitsWanted } from '../../sourcing/index.ts';
import { type BackorderedOrder, type QueuePlace, type QueueTotals, surplusOf, unfilled } from '../domain/backorder.ts';
import { BackorderStock } from '../domain/backorder-allocation.ts';
import type { BackorderQueue, PlanQueues, QueueOutcome } from './backorder-queue.ts';
import { fillLargeOrder } from './fill-large-order.ts';
import { areVisible, type FailedOrders, firstInQueue, firstLookMs, maxLooks } from './first-in-queue.ts';

/** Orders served in one walk. Serving an order changes the queue, which triggers the next walk. */
const maxServed = 100;
/** Attempts for one order while other requests change its record or its stock. */
const maxAttempts = 10;
/** Orders of one walk that are passed over because they can never be served; a few more show a fault of another kind. */
const maxFailed = 20;

export interface AllocateDependencies extends TogetherDependencies, RepairDependencies {
  readonly queue: BackorderQueue;
  readonly planQueues: PlanQueues;
  readonly stock: StockReader;
  readonly shards: ShardStore;
  readonly pace: Pace;
}

type Service = 'served' | 'must-wait';

/**
 * Allocates stock to the orders in a SKU's queue, in order of placement, and puts reserved units that no order wants on
 * sale. The walk stops at the first order that cannot be filled completely. An order gets units reserved for
 * backorders, of this SKU and of every other SKU whose queue it heads, then units on sale. An order that lacks only
 * other SKUs moves to the queue of the first of them, or leaves the queues when one of them accepts no backorders.
 *
 * An order that can never be served, because its record or a counter is damaged, is passed over: the orders behind it
 * are served.
 *
 * @param expiresAt when the new holds expire; it does not depend on when the orders were placed.
 * @param joined orders that have joined the queue. The walk begins when the index shows them.
 * @throws TransientFault when the queue was contended, or after the walk when the index still lacks one of `joined`.
 * @throws AggregateError after the walk, with the reasons of the orders that were passed over.
 * @throws Error when the queue counts units and no order waits for them.
 */
export async function allocateBackorders(
  sku: string,
  expiresAt: Instant,
  dependencies: AllocateDependencies,
  joined: readonly QueuePlace[] = [],
): Promise<void> {
  const failed: FailedOrders = new Map();
  const hasAll = await areVisible(sku, joined, dependencies);
  const isComplete = await walk(sku, expiresAt, failed, dependencies);
  // The count of the queue includes the missing order, so the rest of the work would take it for wrong.
  if (!hasAll) throw new TransientFault(`SKU ${sku}: the index does not show an order that has joined the queue`);
  if (isComplete) await putSurplusOnSale(sku, failed, dependencies);
  if (failed.size === 0) return;
  throw new AggregateError(
    failed.values(),
    `SKU ${sku}: orders of its queue cannot be served: ${[...failed].map(([id, reason]) => `${id} (${reason})`).join(', ')}`,
  );
}

/** @returns false when the walk ended before the queue did; serving the last order has triggered the next walk. */
async function walk(
  sku: string,
  expiresAt: Instant,
  failed: FailedOrders,
  dependencies: AllocateDependencies,
): Promise<boolean> {
  for (let served = 0; served < maxServed && failed.size <= maxFailed; ) {
    const first = await firstInQueue(sku, dependencies.queue, failed);
    if (first === undefined) return true;
    try {
      if ((await serve(first, expiresAt, dependencies)) === 'must-wait') return true;
      served += 1;
    } catch (error) {
      if (isTransient(error)) throw error;
      failed.set(first.orderId, error);
    }
  }
  return false;
}

async function serve(
  first: BackorderedOrder,
  expiresAt: Instant,
  dependencies: AllocateDependencies,
): Promise<Service> {
  const { queue, pace } = dependencies;
  const { orderId, sku } = first;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const order = attempt === 0 ? first : await queue.find(orderId);
    if (order?.state !== 'waiting' || order.sku !== sku) return 'served';
    const { reserved, choice, accepting } = await stockFor(order, dependencies);
    if (reserved) {
      if (await isDone(pace, () => queue.markFilled(order))) return 'served';
    } else if ('insufficient' in choice) {
      const decision = unfilled(order, choice.insufficient, accepting);
      if (decision.next === 'wait') return 'must-wait';
      const leave = () => (decision.next === 'move' ? queue.move(order, decision.to) : queue.markFilled(order));
      if (await isDone(pace, leave)) return 'served';
    } else if (!fitsOneWrite(choice.parts)) {
      const isGathered = await gatherUnits(choice.parts, dependencies);
      if (!isGathered && (await fillLargeOrder(order, choice, expiresAt, dependencies))) return 'served';
    } else {
      const reservation = newHold({ orderId, expiresAt }, choice);
      const result = await untilUncontended(pace, () => queue.fill(order, reservation));
      if (result.outcome === 'filled') return 'served';
    }
    await backOff(attempt, pace);
  }
  throw new TransientFault(`order ${orderId}: its record or its stock changed during each of ${maxAttempts} attempts`);
}

async function isDone(pace: Pace, write: () => Promise<QueueOutcome>): Promise<boolean> {
  return (await untilUncontended(pace, write)).outcome === 'done';
}

/**
 * Reads the stock for the first order of a queue and allocates it: units on sale, plus units reserved for backorders of
 * every SKU whose queue the order heads. With the reserved units of one SKU alone, an order of two SKUs with reserved
 * units of both would move back and forth between the queues and never be filled.
 */
async function stockFor(
  order: BackorderedOrder,
  dependencies: AllocateDependencies,
): Promise<{
  readonly reserved: boolean;
  readonly choice: AllocationChoice;
  /** How each SKU that accepts backorders does. */
  readonly accepting: ReadonlyMap<string, BackorderedOrder['mode']>;
}> {
  const { queue, stock } = dependencies;
  const skus = [...unitsWanted(order.lines).keys()];
  const found = await stock.readStock({ orderId: order.orderId, skus, shards: [], locations: true });
  const plans = [...found.plans.values()];
  const ids = [...plans.flatMap(shardsOf), ...plans.flatMap(backorderShards)];
  const counters = await readRepaired(order, ids, dependencies);
  const available = new BackorderStock(plans, counters, byName(found.locations));
  const led = new Set([order.sku]);
  for (const sku of available.reservedSkus()) {
    if (led.has(sku)) continue;
    const first = await firstInQueue(sku, queue);
    if (first === undefined || first.since > order.since) led.add(sku);
  }
  const accepting = new Map(
    plans.flatMap(({ sku, backorder }) => (backorder === undefined ? [] : [[sku, backorder.mode] as const])),
  );
  return { reserved: found.reservation !== undefined, choice: available.allocate(order, led), accepting };
}

/** Reads the shards, after what an interrupted walk has debited for the order is available again. */
async function readRepaired(
  { orderId }: BackorderedOrder,
  ids: readonly ShardId[],
  dependencies: AllocateDependencies,
): Promise<readonly ShardCounters[]> {
  const found = await dependencies.shards.read(ids, 'strong');
  const { repairedCount } = await repairEntries(found, (entry) => entry.orderId === orderId, dependencies);
  return repairedCount === 0 ? found : dependencies.shards.read(ids, 'strong');
}

function backorderShards({ sku, locations }: SkuPlan) {
  return locations.map(({ location }) => backorderShard(location, sku));
}

/** The shards of the units reserved for backorders of a SKU, one per location. */
export async function reservedForBackorders(
  plan: SkuPlan | undefined,
  shards: Pick<ShardStore, 'read'>,
): Promise<readonly ShardCounters[]> {
  const ids = plan === undefined ? [] : backorderShards(plan);
  return ids.length === 0 ? [] : shards.read(ids, 'strong');
}

async function putSurplusOnSale(
  sku: string,
  failed: FailedOrders,
  { queue, planQueues, shards, pace }: AllocateDependencies,
): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const { plans, queues } = await planQueues.plansAndQueues([sku], 'strong');
    const totals = queues.get(sku);
    if (totals === undefined) return;
    if (failed.size === 0) await assertVisible(totals, queue, pace);
    const surplus = surplusOf(totals, await reservedForBackorders(plans.get(sku), shards));
    if (surplus.length === 0) return;
    if (await isDone(pace, () => queue.putOnSale(totals, surplus))) return;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: its queue changed during each of ${maxAttempts} attempts`);
}

/**
 * Compares the queue with the index, which may lack an order that has just joined. Such an order must not be missed, so
 * the index is read again for some seconds. An index that shows none after that is right and the count is wrong, as
 * after a restore or an edit by hand: the count is set to 0, so that the units reserved for it can go on sale.
 *
 * @throws Error when the queue counts units and no order waits for them: a person should know.
 * @throws TransientFault when the queue changed meanwhile.
 */
async function assertVisible(totals: QueueTotals, queue: BackorderQueue, pace: Pace): Promise<void> {
  const { sku, units } = totals;
  if (units === 0) return;
  for (let look = 0; look < maxLooks; look++) {
    if ((await firstInQueue(sku, queue)) !== undefined) return;
    await pace.sleep(firstLookMs * 2 ** look);
  }
  if (!(await isDone(pace, () => queue.clear(totals)))) {
    throw new TransientFault(`SKU ${sku}: its queue changed while the index showed none of its orders`);
  }
  throw new Error(
    `SKU ${sku}: its queue counted ${counted(units, 'unit')} and no order waits for them; the count is now 0`,
  );
}
