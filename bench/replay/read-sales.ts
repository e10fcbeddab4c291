import type { Decimal } from './file/decimal.ts';
import type { Reason, RefusedRow, Sale, SaleFormat } from './file/sale.ts';
import { salesOf } from './file/sales-of.ts';
import { isRefused, orderOf, type PlannedOrder } from './order-body.ts';

/** The files of a replay and what they are. */
export interface SaleFiles {
  readonly files: readonly string[];
  readonly format: SaleFormat;
  /** The number of sales from the beginning, the refused ones and the returns included; undefined means all. */
  readonly limit: number | undefined;
}

/** What becomes of a sale of the files. */
export type Outcome =
  | {
      readonly kind: 'order';
      readonly order: PlannedOrder;
      readonly sale: Sale;
      readonly refusedRows: readonly RefusedRow[];
    }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly currency: string; readonly amount: Decimal }
  | { readonly kind: 'return'; readonly currency: string; readonly amount: Decimal };

export interface ReadSale {
  readonly rows: number;
  /** Whether two of its rows have the same SKU. */
  readonly repeatsSku: boolean;
  readonly outcome: Outcome;
}

/** Reads the sales of the files, one at a time, and makes orders of them. Every call reads the files again. */
export async function* readSales({
  files,
  format,
  limit = Number.POSITIVE_INFINITY,
}: SaleFiles): AsyncGenerator<ReadSale> {
  let read = 0;
  for await (const { number, rows } of salesOf(files, format)) {
    if (read >= limit) return;
    read += 1;
    const repeatsSku = new Set(rows.map((row) => format.skuOf(row))).size < rows.length;
    yield { rows: rows.length, repeatsSku, outcome: outcomeOf(format, number, format.saleOf(rows)) };
  }
}

function outcomeOf(format: SaleFormat, number: string, mapped: ReturnType<SaleFormat['saleOf']>): Outcome {
  if (mapped.kind !== 'sale') return mapped;
  const { sale, refusedRows } = mapped;
  const order = orderOf(format.name, number, sale);
  if (!isRefused(order)) return { kind: 'order', order, sale, refusedRows };
  const amount = sale.lines.reduce((sum, line) => sum + line.unitPrice * BigInt(line.quantity) - line.discount, 0n);
  const leftOut = refusedRows.reduce((sum, row) => sum + row.amount, 0n);
  return { kind: 'refused', reason: order, currency: sale.currency, amount: amount + leftOut };
}

/** The orders of the files. */
export async function* ordersIn(files: SaleFiles): AsyncGenerator<PlannedOrder> {
  for await (const { outcome } of readSales(files)) if (outcome.kind === 'order') yield outcome.order;
}
