import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import { holdOf } from '../../reservations/domain/reserve-answers.ts';
import { unitsWanted } from '../../sourcing/domain/allocate.ts';
import { keptFor, surplusOf } from '../domain/backorder-allocation.ts';
import { lookForWaiting } from './allocate-order.ts';
import type { LineOutcome, WaitingLine, WaitingLines, WaitingOrder } from './backorder-queue.ts';
import { firstInLine } from './first-in-queue.ts';

/** Orders of one walk. What is left is walked on: the last of them has changed the line, which starts a walk. */
const maxServed = 100;
/** Times one order is tried while others change what it is to get. */
const maxAttempts = 10;

type LineSurroundings = Surroundings & { readonly lines: WaitingLines };

type Service = 'served' | 'must-wait';

/**
 * Gives those who wait for a SKU what there is for them, in order of arrival: the first who cannot have all of his order
 * keeps everybody behind him waiting. He gets the units that were kept for this line and for every other that he would
 * be first in, then those on sale. When he lacks only another SKU, he goes on to wait for that.
 *
 * @param expiresAt of the holds that it makes: their time begins now, whenever the orders were placed.
 * @throws TransientFault when others were in the way, or when somebody waits and is not to be seen yet.
 */
export async function fillLine(sku: string, expiresAt: Instant, around: LineSurroundings): Promise<void> {
  for (let served = 0; served < maxServed; served++) {
    const first = await firstInLine(sku, around.lines);
    if (first === undefined || (await serve(first, expiresAt, around)) === 'must-wait') break;
    if (served === maxServed - 1) return;
  }
  await putSurplusOnSale(sku, around);
}

async function serve(first: WaitingOrder, expiresAt: Instant, around: LineSurroundings): Promise<Service> {
  const { lines, pace } = around;
  const { orderId, sku } = first;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const order = attempt === 0 ? first : await lines.find(orderId);
    if (order?.state !== 'waiting' || order.sku !== sku) return 'served';
    const { reserved, choice } = await lookForWaiting(order, around);
    if (reserved) {
      if (await isDone(pace, () => lines.settle(order))) return 'served';
    } else if ('short' in choice) {
      const other = missingInstead(order, choice.short);
      if (other === undefined) return 'must-wait';
      if (await isDone(pace, () => lines.move(order, other))) return 'served';
    } else {
      const reservation = holdOf({ orderId, lines: order.lines, expiresAt }, choice);
      const result = await untilUncontended(pace, () => lines.fill(order, reservation));
      if (result.outcome === 'filled') return 'served';
    }
    await backOff(attempt, pace);
  }
  throw new TransientFault(`order ${orderId}: what it waits for changed ${maxAttempts} times meanwhile`);
}

async function isDone(pace: Surroundings['pace'], write: () => Promise<LineOutcome>): Promise<boolean> {
  return (await untilUncontended(pace, write)).outcome === 'done';
}

/** The SKU that an order should wait for instead; undefined when what it waits for is still missing. */
function missingInstead(order: WaitingOrder, short: readonly { readonly sku: string }[]) {
  const [first] = short;
  if (first === undefined || short.some(({ sku }) => sku === order.sku)) return undefined;
  return { sku: first.sku, units: unitsWanted(order.lines).get(first.sku) ?? 0 };
}

async function putSurplusOnSale(sku: string, { table, lines, pace }: LineSurroundings): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const found = await table.read({ skus: [sku], lines: [sku] }, 'latest');
    const line = found.lines?.get(sku);
    if (line === undefined) return;
    await assertInSight(line, lines);
    const plan = found.plans.get(sku);
    const kept = await keptFor(plan, table);
    const surplus = surplusOf(line, kept);
    if (surplus.length === 0) return;
    if (await isDone(pace, () => lines.putOnSale(line, surplus))) return;
    await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: the line changed ${maxAttempts} times meanwhile`);
}

/** An order that joined a moment ago may be missing in the index. Whoever finds nobody must not stop at that. */
async function assertInSight({ sku, units }: WaitingLine, lines: WaitingLines): Promise<void> {
  if (units === 0 || (await firstInLine(sku, lines)) !== undefined) return;
  throw new TransientFault(`SKU ${sku}: ${units} units are waited for, and nobody is in line yet`);
}
