import { currencyDigits } from '../../api/iso-codes.ts';
import { type Decimal, fromMinor } from './file/decimal.ts';
import type { Reason, RefusedRow, Sale } from './file/sale.ts';
import type { PlannedOrder } from './order-body.ts';
import type { ReadSale } from './read-sales.ts';

/** Sales or rows, and their goods by currency. */
export class Group {
  sales = 0;
  rows = 0;
  readonly amounts = new Map<string, Decimal>();

  add(sales: number, rows: number, currency: string, amount: Decimal): void {
    this.sales += sales;
    this.rows += rows;
    this.amounts.set(currency, (this.amounts.get(currency) ?? 0n) + amount);
  }
}

/** Refused sales or rows by reason. */
export class Refusals {
  readonly byCode = new Map<string, { readonly reason: Reason; readonly group: Group }>();

  of(reason: Reason): Group {
    const known = this.byCode.get(reason.code) ?? { reason, group: new Group() };
    this.byCode.set(reason.code, known);
    return known.group;
  }
}

/** What the files have, counted sale by sale. */
export class FileTally {
  /** All sales and returns. */
  readonly all = new Group();
  readonly returns = new Group();
  readonly refusedSales = new Refusals();
  /** Rows that are left out of sales that become orders. */
  readonly refusedRows = new Refusals();
  /** Sales that become orders, with the rows that become lines. */
  readonly orders = new Group();
  /** Of all sales without the returns, and of those that become orders. */
  readonly longSales = { read: 0, ordered: 0 };
  readonly repeatingSales = { read: 0, ordered: 0 };
  /** Sums of the orders. */
  productsInOrders = 0;
  orderLines = 0;
  units = 0;
  roundedLines = 0;
  splitLines = 0;
  /** Goods of the orders in minor units by currency, each line rounded half up. */
  readonly goodsMinor = new Map<string, number>();
  /** Times of the first and the last sale that becomes an order. */
  firstSoldAt = '';
  lastSoldAt = '';

  add({ rows, repeatsSku, outcome }: ReadSale): void {
    if (outcome.kind === 'return') {
      this.returns.add(1, rows, outcome.currency, outcome.amount);
      this.all.add(1, rows, outcome.currency, outcome.amount);
      return;
    }
    const ordered = outcome.kind === 'order';
    if (rows > manyLines) count(this.longSales, ordered && outcome.sale.lines.length > manyLines);
    if (repeatsSku) count(this.repeatingSales, ordered && skusOf(outcome.order) < outcome.sale.lines.length);
    if (ordered) this.#addOrder(outcome.order, outcome.sale, outcome.refusedRows);
    else {
      this.refusedSales.of(outcome.reason).add(1, rows, outcome.currency, outcome.amount);
      this.all.add(1, rows, outcome.currency, outcome.amount);
    }
  }

  /** What rounding by line added to the goods of the orders, or took from them. */
  roundingOf(currency: string): Decimal {
    const rounded = fromMinor(this.goodsMinor.get(currency) ?? 0, currencyDigits(currency));
    return rounded - (this.orders.amounts.get(currency) ?? 0n);
  }

  #addOrder(order: PlannedOrder, { currency, lines, soldAt }: Sale, refusedRows: readonly RefusedRow[]): void {
    const amount = lines.reduce((sum, line) => sum + line.unitPrice * BigInt(line.quantity) - line.discount, 0n);
    this.orders.add(1, lines.length, currency, amount);
    this.all.add(1, lines.length, currency, amount);
    for (const row of refusedRows) {
      this.refusedRows.of(row.reason).add(0, 1, currency, row.amount);
      this.all.add(0, 1, currency, row.amount);
    }
    this.productsInOrders += skusOf(order);
    this.orderLines += order.body.lines.length;
    this.units += lines.reduce((sum, { quantity }) => sum + quantity, 0);
    this.roundedLines += order.roundedLines;
    this.splitLines += order.splitLines;
    this.goodsMinor.set(currency, (this.goodsMinor.get(currency) ?? 0) + order.goodsMinor);
    if (this.firstSoldAt === '' || soldAt < this.firstSoldAt) this.firstSoldAt = soldAt;
    if (soldAt > this.lastSoldAt) this.lastSoldAt = soldAt;
  }
}

/** Sales with more lines than this are counted apart: many systems stop at fifty lines or so. */
const manyLines = 50;

function count(counter: { read: number; ordered: number }, ordered: boolean): void {
  counter.read += 1;
  if (ordered) counter.ordered += 1;
}

function skusOf({ body }: PlannedOrder): number {
  return new Set(body.lines.map(({ sku }) => sku)).size;
}
