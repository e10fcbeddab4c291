import { inParallel } from '../client/in-parallel.ts';
import type { Shop } from '../client/shop.ts';
import type { HeldUnits } from './compare.ts';
import type { PlannedProduct } from './plan.ts';

/** Reads the units of each product that are reserved for or shipped with orders. */
export async function readHeldUnits(
  shop: Shop,
  products: readonly PlannedProduct[],
  concurrency: number,
  onStep: () => void,
): Promise<HeldUnits[]> {
  const held: HeldUnits[] = [];
  await inParallel(products, concurrency, async ({ sku }) => {
    const { locations } = await shop.stockOf(sku);
    held.push({ sku, units: locations.reduce((sum, { reserved, shipped }) => sum + reserved + shipped, 0) });
    onStep();
  });
  return held;
}
