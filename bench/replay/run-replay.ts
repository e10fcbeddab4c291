import { Shop } from '../client/shop.ts';
import { agrees, compareWithFile } from './compare.ts';
import { placeSales } from './place-sales.ts';
import type { ReplayPlan } from './plan.ts';
import { withProgressBar } from './progress-bar.ts';
import { readHeldUnits } from './read-back.ts';
import { ordersIn, type SaleFiles } from './read-sales.ts';
import { describeReplay } from './report.ts';
import { ShopPlacement } from './shop-placement.ts';
import { stockUp } from './stock-up.ts';
import { SystemTally } from './system-tally.ts';

export interface ReplayRun {
  /** Base URL of a running instance. */
  readonly url: string;
  readonly files: SaleFiles;
  /** What the files need. */
  readonly plan: ReplayPlan;
  readonly concurrency: number;
  /** Whether parcels are handed over, which captures the payments. */
  readonly dispatch: boolean;
  /** Receives the progress bars. */
  readonly output: NodeJS.WritableStream;
}

/**
 * Replays sales against a running instance: puts products and stock, places the orders, reads back, and compares.
 *
 * @returns the lines of the report, and whether no comparison differs
 */
export async function runReplay(run: ReplayRun): Promise<{ report: string[]; agrees: boolean }> {
  const { files, plan, concurrency, dispatch, output } = run;
  const shop = new Shop(run.url);
  const system = new SystemTally();
  try {
    await withProgressBar('stock', plan.products.length, output, (onStep) =>
      stockUp(shop, files.format, plan.products, concurrency, onStep),
    );
    const placement = new ShopPlacement(shop, dispatch);
    const seconds = await withProgressBar('orders', plan.file.orders.sales, output, (onStep) =>
      placeSales(placement, ordersIn(files), concurrency, system, onStep),
    );
    const held = await withProgressBar('read back', plan.products.length, output, (onStep) =>
      readHeldUnits(shop, plan.products, concurrency, onStep),
    );
    const comparisons = compareWithFile(plan, system, held, dispatch);
    const { faults, throttled } = shop;
    return {
      report: describeReplay({ system, comparisons, faults, throttled, seconds }),
      agrees: agrees(comparisons),
    };
  } finally {
    shop.close();
  }
}
