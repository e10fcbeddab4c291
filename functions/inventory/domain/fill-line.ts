import { backOff } from '../../shared/kernel/backoff.ts';
import { TransientFault } from '../../shared/kernel/faults.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { choosePieces, type Pieces, unitsWanted } from './choose-pieces.ts';
import { keptFor, keptShard, surplusOf } from './kept-units.ts';
import type { Part } from './reservation.ts';
import { holdOf } from './reserve-answers.ts';
import { shardName, shardsOf } from './shard-plan.ts';
import type { StockTable } from './stock-table.ts';
import { viewOf } from './stock-view.ts';
import type { Surroundings } from './survey-stock.ts';
import { untilUncontended } from './until-uncontended.ts';
import type { LineOutcome, Place, WaitingLine, WaitingLines, WaitingOrder } from './waiting-line.ts';

/** Orders asked for at a time. */
const pageSize = 20;
/** Orders of one walk. What is left is walked on: the last of them has changed the line, which starts a walk. */
const maxServed = 100;
/** Times one order is tried while others change what it is to get. */
const maxAttempts = 10;

type LineSurroundings = Surroundings & { readonly lines: WaitingLines };

type Service = 'served' | 'must-wait';

/**
 * Gives those who wait for a SKU what there is for them, in order of arrival: the first who cannot have all of his order
 * keeps everybody behind him waiting. He gets the units that were kept for this line, then those on sale; the other
 * SKUs of his order come from what is on sale. When he lacks only another SKU, he goes on to wait for that.
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

/** The index says who may wait, the record who does. */
async function firstInLine(sku: string, lines: WaitingLines): Promise<WaitingOrder | undefined> {
  let last: Place | undefined;
  do {
    const page = await lines.inOrder(sku, last, pageSize);
    for (const { orderId } of page) {
      const order = await lines.find(orderId);
      if (order?.state === 'waiting' && order.sku === sku) return order;
    }
    last = page.length < pageSize ? undefined : page.at(-1);
  } while (last !== undefined);
  return undefined;
}

async function serve(first: WaitingOrder, expiresAt: Instant, around: LineSurroundings): Promise<Service> {
  const { lines, pace } = around;
  const { orderId, sku } = first;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const order = attempt === 0 ? first : await lines.find(orderId);
    if (order?.state !== 'waiting' || order.sku !== sku) return 'served';
    const { reserved, choice } = await look(order, around.table);
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

/** As of now: what there is for one order, or that it has its reservation already. */
async function look({ orderId, lines, ...order }: WaitingOrder, table: StockTable) {
  const skus = [...new Set(lines.map((line) => line.sku))];
  const found = await table.read({ orderId, skus, places: true }, 'latest');
  const plans = [...found.plans.values()];
  const kept = plans.filter(({ sku }) => sku === order.sku).flatMap(({ locations }) => locations);
  const shards = [...plans.flatMap(shardsOf), ...kept.map(({ location }) => keptShard(location, order.sku))];
  const { shards: counters } = await table.read({ shards }, 'latest');
  const available = new Map(
    counters.map((each) => [shardName(each), each.closedTo === undefined ? each.available : 0]),
  );
  const places = new Map((found.places ?? []).map((place) => [place.location, place]));
  const onSale = viewOf(plans, (shard) => available.get(shardName(shard)) ?? 0, places);
  // What is kept for the line stands before the shards of each location, and so is taken first.
  const view = new Map(
    [...onSale].map(([sku, stock]) => {
      if (sku !== order.sku) return [sku, stock] as const;
      const withKept = stock.map((there) => {
        const keptThere = available.get(shardName(keptShard(there.location, sku))) ?? 0;
        return { ...there, available: [keptThere, ...there.available] };
      });
      return [sku, withKept] as const;
    }),
  );
  const choice = choosePieces(lines, view, 0, order);
  return {
    reserved: found.reservation !== undefined,
    choice: 'short' in choice ? choice : fromKept(choice, order.sku),
  };
}

function fromKept({ parts, sourcing }: Pieces, sku: string): Pieces {
  const moved = parts.map((part): Part => {
    if (part.sku !== sku || typeof part.shard !== 'number') return part;
    return { ...part, shard: part.shard === 0 ? 'backorder' : part.shard - 1 };
  });
  return { parts: moved, sourcing };
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
