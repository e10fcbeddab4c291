import { Shop } from '../client/shop.ts';
import { agrees, compareWithFile } from './compare.ts';
import { placeOrders } from './place-orders.ts';
import { planReplay } from './plan.ts';
import { type Output, ProgressBar } from './progress-bar.ts';
import { readHeldUnits } from './read-back.ts';
import { describeReplay } from './report.ts';
import { stockUp } from './stock-up.ts';
import type { FileOrder } from './superstore.ts';

/**
 * Replays orders against a running instance: catalog and stock, the orders, and what the system then says of them.
 *
 * @param output where the progress is shown
 * @returns the report's lines, and whether the system holds what the file says and met no fault
 */
export async function runReplay(
  url: string,
  orders: readonly FileOrder[],
  concurrency: number,
  output: Output,
): Promise<{ report: string[]; agrees: boolean }> {
  const plan = planReplay(orders);
  const shop = new Shop(url);
  try {
    const stocking = new ProgressBar('stock', plan.products.length, output);
    await stockUp(shop, plan.products, concurrency, () => stocking.step());
    stocking.end();
    const placing = new ProgressBar('orders', plan.orders.length, output);
    const placed = await placeOrders(shop, plan.orders, concurrency, () => placing.step());
    placing.end();
    const reading = new ProgressBar('read back', plan.products.length, output);
    const held = await readHeldUnits(shop, plan.products, concurrency, () => reading.step());
    reading.end();
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
