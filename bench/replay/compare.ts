import type { EndedOrder } from './place-orders.ts';
import { productOf, type ReplayPlan } from './plan.ts';

/** A figure of the file and the same figure of the system, in the same unit. */
export interface Comparison {
  readonly what: string;
  readonly kind: 'count' | 'money';
  readonly file: number;
  readonly system: number;
  readonly verdict: 'equal' | 'more' | 'differs';
}

/** Units of a SKU that are reserved for or shipped with orders, from GET /inventory. */
export interface HeldUnits {
  readonly sku: string;
  readonly units: number;
}

/**
 * Compares the file with the system. The system's figures come from what was read back, not from what was sent.
 *
 * @param ended every order that reached an end; the confirmed ones count
 * @param held for every SKU of the plan
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

/** Whether no comparison differs. */
export function agrees(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ verdict }) => verdict !== 'differs');
}

/**
 * Compares the held units. An earlier run with a larger `--limit` holds units of the same products for orders that are not
 * part of this run, so more units are accepted then; fewer of any SKU are an error.
 */
function heldRow(plan: ReplayPlan, ended: readonly EndedOrder[], held: readonly HeldUnits[]): Comparison {
  const comparison = row('units held in stock', 'count', plan.file.units, sum(held.map(({ units }) => units)));
  const bySku = new Map(held.map(({ sku, units }) => [sku, units]));
  const gaps = plan.products.map(({ sku, units }) => (bySku.get(sku) ?? 0) - units);
  if (gaps.every((gap) => gap === 0)) return comparison;
  const earlierRun = ended.some(({ placedBefore }) => placedBefore);
  return { ...comparison, verdict: earlierRun && gaps.every((gap) => gap >= 0) ? 'more' : 'differs' };
}

function hasPlannedLines({ planned, order }: EndedOrder): boolean {
  const expected = planned.body.lines.map(({ sku, quantity }) => `${sku} ${quantity} ${priceOf(sku)}`);
  const actual = order.lines.map(({ sku, quantity, unitPriceMinor }) => `${sku} ${quantity} ${unitPriceMinor}`);
  return expected.length === actual.length && expected.sort().join() === actual.sort().join();
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
