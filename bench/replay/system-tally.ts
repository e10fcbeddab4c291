import { Counts } from '../statistics/counts.ts';
import type { PlannedOrder } from './order-body.ts';
import type { EndedOrder, PlacementRecord } from './place-sales.ts';

/** Numbers of sales that are named for a failure. */
const maxExamples = 5;

/** What the system has, counted order by order from what was read back. Confirmed and completed orders count. */
export class SystemTally implements PlacementRecord {
  orders = 0;
  productsInOrders = 0;
  lines = 0;
  units = 0;
  /** Orders whose customer, SKUs, quantities and prices are those that were planned. */
  equalOrders = 0;
  /** By currency, in minor units: the goods, the totals with shipping and tax, and what was captured of them. */
  readonly goodsMinor = new Map<string, number>();
  readonly totalMinor = new Map<string, number>();
  readonly capturedMinor = new Map<string, number>();
  readonly outcomes = new Counts();
  /** Placements without an order, by reason, with the first numbers of their sales. */
  readonly failures = new Map<string, { count: number; readonly examples: string[] }>();
  readonly placeMs: number[] = [];
  readonly confirmedMs: number[] = [];
  fresh = 0;
  placedBefore = 0;

  ended(ended: EndedOrder): void {
    const { planned, order, placedBefore } = ended;
    if (placedBefore) this.placedBefore += 1;
    else {
      this.fresh += 1;
      this.placeMs.push(ended.placeMs);
    }
    const reason = order.rejection?.code ?? order.hold?.reason;
    this.outcomes.add(reason === undefined ? order.status : `${order.status} ${reason}`);
    if (order.status !== 'confirmed' && order.status !== 'completed') return;
    if (!placedBefore) this.confirmedMs.push(ended.endMs);
    this.orders += 1;
    this.productsInOrders += new Set(order.lines.map(({ sku }) => sku)).size;
    this.lines += order.lines.length;
    this.units += order.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (isAsPlanned(ended)) this.equalOrders += 1;
    const { currency } = planned.body;
    add(this.goodsMinor, currency, order.totals.subtotalMinor);
    add(this.totalMinor, currency, order.totals.totalMinor);
    add(this.capturedMinor, currency, order.payment.capturedMinor);
  }

  failed(planned: PlannedOrder, reason: string): void {
    const failure = this.failures.get(reason) ?? { count: 0, examples: [] };
    this.failures.set(reason, failure);
    failure.count += 1;
    if (failure.examples.length < maxExamples) failure.examples.push(planned.number);
  }
}

function isAsPlanned({ planned, order }: EndedOrder): boolean {
  const { body } = planned;
  const textOf = (line: { sku: string; quantity: number; unitPriceMinor: number }) =>
    `${line.sku} ${line.quantity} ${line.unitPriceMinor}`;
  const expected = body.lines.map(textOf).sort();
  const actual = order.lines.map(textOf).sort();
  return order.customerId === body.customerId && expected.join() === actual.join();
}

function add(sums: Map<string, number>, currency: string, amountMinor: number): void {
  sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
}
