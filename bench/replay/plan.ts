import { FileTally } from './file-tally.ts';
import { listPriceMinor, titleOf } from './order-body.ts';
import { readSales, type SaleFiles } from './read-sales.ts';

/** A product with the units that all orders need. */
export interface PlannedProduct {
  readonly sku: string;
  readonly title: string;
  /** The highest unit price of the files before discounts, by currency, in minor units. */
  readonly pricesMinor: Map<string, number>;
  units: number;
}

export interface ReplayPlan {
  readonly products: readonly PlannedProduct[];
  readonly file: FileTally;
}

/**
 * Reads the files once: the catalog and the stock that the orders need, and what the files have. Products and numbers of
 * sales are kept, sales are not: the orders are read from the files again when they are placed.
 */
export async function planReplay(files: SaleFiles): Promise<ReplayPlan> {
  const products = new Map<string, PlannedProduct>();
  const file = new FileTally();
  for await (const read of readSales(files)) {
    file.add(read);
    if (read.outcome.kind !== 'order') continue;
    const { lines, currency } = read.outcome.sale;
    for (const line of lines) {
      // A product may have several names in a file: the first one is used.
      const known = products.get(line.sku) ?? { sku: line.sku, title: titleOf(line), pricesMinor: new Map(), units: 0 };
      products.set(line.sku, known);
      known.units += line.quantity;
      const price = Math.max(known.pricesMinor.get(currency) ?? 0, listPriceMinor(line, currency));
      known.pricesMinor.set(currency, price);
    }
  }
  return { products: [...products.values()], file };
}
