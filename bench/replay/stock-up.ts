import { inParallel } from '../client/in-parallel.ts';
import { type Shop, ShopRefused } from '../client/shop.ts';
import type { SaleFormat } from './file/sale.ts';
import type { PlannedProduct } from './plan.ts';

/** Puts the products into the catalog and receives the units that the orders need. A repetition changes nothing. */
export async function stockUp(
  shop: Shop,
  format: SaleFormat,
  products: readonly PlannedProduct[],
  concurrency: number,
  onStep: () => void,
): Promise<void> {
  const { name, weightGrams } = format;
  await inParallel(products, concurrency, async (product) => {
    const { sku, title, pricesMinor } = product;
    const prices = [...pricesMinor].map(([currency, amountMinor]) => ({ currency, amountMinor }));
    await shop.putProduct(sku, { title, prices, weightGrams, taxCategory: 'standard', digital: false, active: true });
    await receiveUnits(shop, name, product);
    onStep();
  });
}

/** Receives all units in one receipt; after an earlier replay with a smaller `--limit`, receives the missing ones. */
async function receiveUnits(shop: Shop, location: string, { sku, units }: PlannedProduct): Promise<void> {
  const receiptId = `${location}:${sku.replaceAll('@', ':')}`;
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
