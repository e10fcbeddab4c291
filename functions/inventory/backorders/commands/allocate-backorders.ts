import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
import { counted } from '../../../shared/kernel/counted.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { byName } from '../../locations/index.ts';
import { newHold, type StockReader } from '../../reservations/index.ts';
import { backorderShard, type ShardCounters, type ShardStore, type SkuPlan, shardsOf } from '../../sharding/index.ts';
import { type AllocationChoice, unitsWanted } from '../../sourcing/index.ts';
import { type BackorderedOrder, missingInstead, type QueueTotals, surplusOf } from '../domain/backorder.ts';
import { BackorderStock } from '../domain/backorder-allocation.ts';
import type { BackorderQueue, PlanQueues, QueueOutcome } from './backorder-queue.ts';
import { firstInQueue } from './first-in-queue.ts';

/** Orders served in one walk. Serving an order changes the queue, which triggers the next walk. */
const maxServed = 100;
/** Attempts for one order while other requests change its record or its stock. */
const maxAttempts = 10;

export interface AllocateDependencies {
  readonly queue: BackorderQueue;
  readonly planQueues: PlanQueues;
  readonly stock: StockReader;
  readonly shards: Pick<ShardStore, 'read'>;
  readonly pace: Pace;
}

type Service = 'served' | 'must-wait';

/**
 * Allocates stock to the orders in a SKU's queue, in order of placement, and puts reserved units that no order wants on
 * sale. The walk stops at the first order that cannot be filled completely. An order gets units reserved for
 * backorders, of this SKU and of every other SKU whose queue it heads, then units on sale. An order that lacks only
 * other SKUs moves to the queue of the first of them.
 *
 * @param expiresAt when the new holds expire; it does not depend on when the orders were placed.
 * @throws TransientFault when the queue was contended, or when the index does not show a waiting order yet.
 */
export async function allocateBackorders(
  sku: string,
  expiresAt: Instant,
  dependencies: AllocateDependencies,
): Promise<void> {
  for (let served = 0; served < maxServed; served++) {
    const first = await firstInQueue(sku, dependencies.queue);
    if (first === undefined || (await serve(first, expiresAt, dependencies)) === 'must-wait') break;
    if (served === maxServed - 1) return;
  }
  await putSurplusOnSale(sku, dependencies);
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
    const { reserved, choice } = await stockFor(order, dependencies);
    if (reserved) {
      if (await isDone(pace, () => queue.markFilled(order))) return 'served';
    } else if ('insufficient' in choice) {
      const other = missingInstead(order, choice.insufficient);
      if (other === undefined) return 'must-wait';
      if (await isDone(pace, () => queue.move(order, other))) return 'served';
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
  { queue, stock, shards }: AllocateDependencies,
): Promise<{ readonly reserved: boolean; readonly choice: AllocationChoice }> {
  const skus = [...unitsWanted(order.lines).keys()];
  const found = await stock.readStock({ orderId: order.orderId, skus, shards: [], locations: true });
  const plans = [...found.plans.values()];
  const counters = await shards.read([...plans.flatMap(shardsOf), ...plans.flatMap(backorderShards)], 'strong');
  const available = new BackorderStock(plans, counters, byName(found.locations));
  const led = new Set([order.sku]);
  for (const sku of available.reservedSkus()) {
    if (led.has(sku)) continue;
    const first = await firstInQueue(sku, queue);
    if (first === undefined || first.since > order.since) led.add(sku);
  }
  return { reserved: found.reservation !== undefined, choice: available.allocate(order, led) };
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

async function putSurplusOnSale(sku: string, { queue, planQueues, shards, pace }: AllocateDependencies): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const { plans, queues } = await planQueues.plansAndQueues([sku], 'strong');
    const totals = queues.get(sku);
    if (totals === undefined) return;
    await assertVisible(totals, queue);
    const surplus = surplusOf(totals, await reservedForBackorders(plans.get(sku), shards));
    if (surplus.length === 0) return;
    if (await isDone(pace, () => queue.putOnSale(totals, surplus))) return;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: its queue changed during each of ${maxAttempts} attempts`);
}

/**
 * Compares the queue with the index, which may lack an order that has just joined. Such an order must not be missed, so
 * the walk is repeated.
 *
 * @throws TransientFault when orders wait and the index has none of them.
 */
async function assertVisible({ sku, units }: QueueTotals, queue: BackorderQueue): Promise<void> {
  if (units === 0 || (await firstInQueue(sku, queue)) !== undefined) return;
  throw new TransientFault(`SKU ${sku}: orders wait for ${counted(units, 'unit')}, and the index has none of them yet`);
}
