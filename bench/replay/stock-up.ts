import { inParallel } from '../client/in-parallel.ts';
import { type Shop, ShopRefused } from '../client/shop.ts';
import type { PlannedProduct } from './plan.ts';

const location = 'superstore';
/** The file has no weights. */
const weightGrams = 500;

/** Puts the products into the catalog and receives the units that the orders need. A repetition changes nothing. */
export async function stockUp(
  shop: Shop,
  products: readonly PlannedProduct[],
  concurrency: number,
  onStep: () => void,
): Promise<void> {
  await inParallel(products, concurrency, async (product) => {
    const { sku, title, unitPriceMinor } = product;
    const prices = [{ currency: 'USD', amountMinor: unitPriceMinor }];
    await shop.putProduct(sku, { title, prices, weightGrams, taxCategory: 'standard', active: true });
    await receiveUnits(shop, product);
    onStep();
  });
}

/** Receives all units in one receipt; after an earlier replay with a smaller `--limit`, receives the missing ones. */
async function receiveUnits(shop: Shop, { sku, units }: PlannedProduct): Promise<void> {
  const receiptId = `superstore:${sku.replace('@', ':')}`;
  try {
    await shop.receiveStock(sku, { receiptId, location, quantity: units });
  } catch (error) {
    if (!(error instanceof ShopRefused) || error.code !== 'RECEIPT_ID_REUSED') throw error;
    const { locations } = await shop.stockOf(sku);
    const received = locations.reduce((sum, { onHand, shipped }) => sum + onHand + shipped, 0);
    if (received >= units) return;
    await shop.receiveStock(sku, {
      receiptId: `${receiptId}:${received}-${units}`,
      location,
      quantity: units - received,
    });
  }
}
