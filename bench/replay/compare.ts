import type { EndedOrder } from './place-orders.ts';
import { productOf, type ReplayPlan } from './plan.ts';

/** A figure of the file beside the same figure of the system, both in the same unit. */
export interface Comparison {
  readonly what: string;
  readonly kind: 'count' | 'money';
  readonly file: number;
  readonly system: number;
  readonly verdict: 'equal' | 'more' | 'differs';
}

/** Units that GET /inventory says are held for orders or gone with them. */
export interface HeldUnits {
  readonly sku: string;
  readonly units: number;
}

/**
 * The file beside the system. The system's figures are those that it answered when it was read back, never those that
 * were sent to it.
 *
 * @param ended every order that came to an end; the confirmed ones count.
 * @param held for every SKU of the plan.
 */
export function compareWithFile(
  plan: ReplayPlan,
  ended: readonly EndedOrder[],
  held: readonly HeldUnits[],
): Comparison[] {
  const confirmed = ended.filter(({ order }) => order.status === 'confirmed' || order.status === 'completed');
  const orders = confirmed.map(({ order }) => order);
  const pairs = orders.map(({ lines }) => new Set(lines.map((line) => productOf(line.sku))).size);
  const { file } = plan;
  const count = (what: string, inFile: number, inSystem: number) => row(what, 'count', inFile, inSystem);
  return [
    count('orders', file.orders, orders.length),
    count('products in orders', file.productsInOrders, sum(pairs)),
    count('lines, one a price point', file.lines, sum(orders.map(({ lines }) => lines.length))),
    count('units', file.units, sum(orders.flatMap(({ lines }) => lines.map((line) => line.quantity)))),
    row('money, USD', 'money', file.subtotalMinor, sum(orders.map(({ totals }) => totals.subtotalMinor))),
    count('orders equal line by line', file.orders, confirmed.filter(hasPlannedLines).length),
    heldRow(plan, ended, held),
  ];
}

/** True when nothing of the file is missing or wrong in the system. */
export function agrees(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ verdict }) => verdict !== 'differs');
}

/**
 * Units in stock records. An earlier run with a larger `--limit` holds units of the same products for orders that this
 * run knows nothing of: then more than the file's is no error, fewer of any SKU is.
 */
function heldRow(plan: ReplayPlan, ended: readonly EndedOrder[], held: readonly HeldUnits[]): Comparison {
  const comparison = row('units held in stock', 'count', plan.file.units, sum(held.map(({ units }) => units)));
  const bySku = new Map(held.map(({ sku, units }) => [sku, units]));
  const gaps = plan.products.map(({ sku, units }) => (bySku.get(sku) ?? 0) - units);
  if (gaps.every((gap) => gap === 0)) return comparison;
  const earlierRun = ended.some(({ wasThere }) => wasThere);
  return { ...comparison, verdict: earlierRun && gaps.every((gap) => gap >= 0) ? 'more' : 'differs' };
}

function hasPlannedLines({ planned, order }: EndedOrder): boolean {
  const wanted = planned.body.lines.map(({ sku, quantity }) => `${sku} ${quantity} ${priceOf(sku)}`);
  const got = order.lines.map(({ sku, quantity, unitPriceMinor }) => `${sku} ${quantity} ${unitPriceMinor}`);
  return wanted.length === got.length && wanted.sort().join() === got.sort().join();
}

function priceOf(sku: string): string {
  return sku.slice(sku.lastIndexOf('@') + 1);
}

function row(what: string, kind: Comparison['kind'], file: number, system: number): Comparison {
  return { what, kind, file, system, verdict: file === system ? 'equal' : 'differs' };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
