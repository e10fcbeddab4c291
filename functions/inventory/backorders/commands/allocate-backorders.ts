import { backOff, type Pace } from '../../../shared/kernel/backoff.ts';
import { untilUncontended } from '../../../shared/kernel/contention.ts';
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

/** Orders of one walk. The last of them has changed the queue, which starts the next walk. */
const maxServed = 100;
/** Attempts for one order while others change what it is to get. */
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
 * Gives the orders that wait for a SKU what there is for them, in order of arrival: the first that cannot be filled
 * completely keeps all behind it waiting. It gets the units reserved in this queue and in every other that it leads, then
 * those on sale. An order that lacks only another SKU goes on to wait for that.
 *
 * @param expiresAt of the holds that it makes: their time begins now, whenever the orders were placed.
 * @throws TransientFault when the queue was contended, or when an order waits that the index does not show yet.
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
  throw new TransientFault(`order ${orderId}: what it waits for changed ${maxAttempts} times meanwhile`);
}

async function isDone(pace: Pace, write: () => Promise<QueueOutcome>): Promise<boolean> {
  return (await untilUncontended(pace, write)).outcome === 'done';
}

/**
 * What there is for the first order of a queue, as of now: units on sale, plus units reserved in every queue that the
 * order leads. With those of one queue alone, an order that leads two queues with units in both would be moved back and
 * forth between them and be served in neither.
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

/** What is reserved for backorders at each location of a SKU. */
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
  throw new TransientFault(`SKU ${sku}: the queue changed ${maxAttempts} times meanwhile`);
}

/** An order that joined a moment ago may be missing in the index: a walk that finds no order must not stop at that. */
async function assertVisible({ sku, units }: QueueTotals, queue: BackorderQueue): Promise<void> {
  if (units === 0 || (await firstInQueue(sku, queue)) !== undefined) return;
  throw new TransientFault(`SKU ${sku}: ${units} units are waited for, and no order is in the queue yet`);
}
