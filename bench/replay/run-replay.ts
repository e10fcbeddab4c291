import { Shop } from '../client/shop.ts';
import { agrees, compareWithFile } from './compare.ts';
import { placeOrders } from './place-orders.ts';
import { planReplay } from './plan.ts';
import { withProgressBar } from './progress-bar.ts';
import { readHeldUnits } from './read-back.ts';
import { describeReplay } from './report.ts';
import { stockUp } from './stock-up.ts';
import type { FileOrder } from './superstore.ts';

/**
 * Replays orders against a running instance: puts products and stock, places the orders, reads back, and compares.
 *
 * @param output receives the progress bars
 * @returns the lines of the report, and whether no comparison differs
 */
export async function runReplay(
  url: string,
  orders: readonly FileOrder[],
  concurrency: number,
  output: NodeJS.WritableStream,
): Promise<{ report: string[]; agrees: boolean }> {
  const plan = planReplay(orders);
  const shop = new Shop(url);
  try {
    await withProgressBar('stock', plan.products.length, output, (onStep) =>
      stockUp(shop, plan.products, concurrency, onStep),
    );
    const placed = await withProgressBar('orders', plan.orders.length, output, (onStep) =>
      placeOrders(shop, plan.orders, concurrency, onStep),
    );
    const held = await withProgressBar('read back', plan.products.length, output, (onStep) =>
      readHeldUnits(shop, plan.products, concurrency, onStep),
    );
    const comparisons = compareWithFile(plan, placed.ended, held);
    const { faults, throttled } = shop;
    const report = describeReplay({
      file: plan.file,
      skus: plan.products.length,
      placed,
      comparisons,
      faults,
      throttled,
    });
    return { report, agrees: agrees(comparisons) };
  } finally {
    shop.close();
  }
}
