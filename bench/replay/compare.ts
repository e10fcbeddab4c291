import type { ReplayPlan } from './plan.ts';
import type { SystemTally } from './system-tally.ts';

/** An expected figure and the same figure of the system, in the same unit. */
export interface Comparison {
  readonly what: string;
  /** The currency of an amount in minor units; undefined for a count. */
  readonly currency: string | undefined;
  readonly expected: number;
  readonly system: number;
  readonly verdict: 'equal' | 'more' | 'differs';
}

/** Units of a SKU that are reserved for or shipped with orders, from GET /inventory. */
export interface HeldUnits {
  readonly sku: string;
  readonly units: number;
}

/**
 * Compares the files with the system. The system's figures come from what was read back, not from what was sent.
 *
 * @param held for every SKU of the plan
 * @param dispatched whether all parcels were handed over, so that everything is captured
 */
export function compareWithFile(
  plan: ReplayPlan,
  system: SystemTally,
  held: readonly HeldUnits[],
  dispatched: boolean,
): Comparison[] {
  const { file } = plan;
  const count = (what: string, expected: number, actual: number) => row(what, undefined, expected, actual);
  const goods = [...file.goodsMinor].map(([currency, expected]) =>
    row('goods', currency, expected, system.goodsMinor.get(currency) ?? 0),
  );
  const captured = [...system.totalMinor].map(([currency, expected]) =>
    row('captured of the totals', currency, expected, system.capturedMinor.get(currency) ?? 0),
  );
  return [
    count('orders', file.orders.sales, system.orders),
    count('products in orders', file.productsInOrders, system.productsInOrders),
    count('lines of orders', file.orderLines, system.lines),
    count('units', file.units, system.units),
    ...goods,
    ...(dispatched ? captured : []),
    count('orders equal line by line', file.orders.sales, system.equalOrders),
    heldRow(plan, system, held),
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
function heldRow(plan: ReplayPlan, system: SystemTally, held: readonly HeldUnits[]): Comparison {
  const total = held.reduce((sum, { units }) => sum + units, 0);
  const comparison = row('units held in stock', undefined, plan.file.units, total);
  const bySku = new Map(held.map(({ sku, units }) => [sku, units]));
  const gaps = plan.products.map(({ sku, units }) => (bySku.get(sku) ?? 0) - units);
  if (gaps.every((gap) => gap === 0)) return comparison;
  return { ...comparison, verdict: system.placedBefore > 0 && gaps.every((gap) => gap >= 0) ? 'more' : 'differs' };
}

function row(what: string, currency: string | undefined, expected: number, system: number): Comparison {
  return { what, currency, expected, system, verdict: expected === system ? 'equal' : 'differs' };
}
