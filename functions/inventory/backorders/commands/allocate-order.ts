import type { Part } from '../../reservations/domain/reservation.ts';
import type { StockTable } from '../../sharding/commands/stock-table.ts';
import { shardName, shardsOf } from '../../sharding/domain/shard-plan.ts';
import { type Choice, choosePieces, type Pieces } from '../../sourcing/domain/allocate.ts';
import { type StockView, viewOf } from '../../sourcing/domain/stock-view.ts';
import { keptShard } from '../domain/backorder-allocation.ts';
import type { WaitingLines, WaitingOrder } from './backorder-queue.ts';
import { firstInLine } from './first-in-queue.ts';

/** Units kept for those who wait, at a location. */
type KeptAt = (location: string, sku: string) => number;

export interface Look {
  /** The order has its reservation already, open or closed. */
  readonly reserved: boolean;
  readonly choice: Choice;
}

/**
 * What there is for the first in a line, as of now: what is on sale, and what is kept in each of his lines in which he
 * would be first. Were it the line alone that he waits in, he would be sent back and forth between two lines with units
 * for him in both, and be served in neither.
 */
export async function lookForWaiting(
  order: WaitingOrder,
  { table, lines }: { readonly table: StockTable; readonly lines: WaitingLines },
): Promise<Look> {
  const skus = [...new Set(order.lines.map(({ sku }) => sku))];
  const found = await table.read({ orderId: order.orderId, skus, places: true }, 'latest');
  const plans = [...found.plans.values()];
  const kept = plans.flatMap(({ sku, locations }) => locations.map(({ location }) => keptShard(location, sku)));
  const { shards } = await table.read({ shards: [...plans.flatMap(shardsOf), ...kept] }, 'latest');
  const available = new Map(shards.map((each) => [shardName(each), each.closedTo === undefined ? each.available : 0]));
  const keptAt: KeptAt = (location, sku) => available.get(shardName(keptShard(location, sku))) ?? 0;
  const places = new Map((found.places ?? []).map((place) => [place.location, place]));
  const onSale = viewOf(plans, (shard) => available.get(shardName(shard)) ?? 0, places);
  const his = await linesLedBy(order, onSale, keptAt, lines);
  const choice = choosePieces(order.lines, withKept(onSale, his, keptAt), 0, order);
  return { reserved: found.reservation !== undefined, choice: 'short' in choice ? choice : fromKept(choice, his) };
}

/** The SKUs of an order that nobody waits for who came before it. Asked only where something is kept. */
async function linesLedBy(
  order: WaitingOrder,
  onSale: StockView,
  keptAt: KeptAt,
  lines: WaitingLines,
): Promise<ReadonlySet<string>> {
  const led = new Set([order.sku]);
  for (const [sku, stock] of onSale) {
    if (led.has(sku) || !stock.some(({ location }) => keptAt(location, sku) > 0)) continue;
    const first = await firstInLine(sku, lines);
    if (first === undefined || first.since > order.since) led.add(sku);
  }
  return led;
}

/** What is kept stands before the shards of its location, and so is taken first. */
function withKept(onSale: StockView, his: ReadonlySet<string>, keptAt: KeptAt): StockView {
  return new Map(
    [...onSale].map(([sku, stock]) => {
      if (!his.has(sku)) return [sku, stock];
      const all = stock.map((there) => ({ ...there, available: [keptAt(there.location, sku), ...there.available] }));
      return [sku, all];
    }),
  );
}

function fromKept({ parts, sourcing }: Pieces, his: ReadonlySet<string>): Pieces {
  const moved = parts.map((part): Part => {
    if (!his.has(part.sku) || typeof part.shard !== 'number') return part;
    return { ...part, shard: part.shard === 0 ? 'backorder' : part.shard - 1 };
  });
  return { parts: moved, sourcing };
}
