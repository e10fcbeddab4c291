import { ApiClient } from './api-client.ts';

interface SeedProduct {
  readonly sku: string;
  readonly title: string;
  readonly eurMinor: number;
  readonly weightGrams: number;
  /** Units by location. */
  readonly stock: Record<string, number>;
}

/** Two warehouses. */
const LOCATIONS = {
  BER: { name: 'Berlin', country: 'DE', postalCode: '10115', latitude: 52.52, longitude: 13.4, priority: 10 },
  VIE: { name: 'Vienna', country: 'AT', postalCode: '1010', latitude: 48.21, longitude: 16.37, priority: 10 },
} as const;

const PRODUCTS: readonly SeedProduct[] = [
  { sku: 'MUG-BLUE', title: 'Mug, blue', eurMinor: 1290, weightGrams: 380, stock: { BER: 200, VIE: 80 } },
  { sku: 'MUG-RED', title: 'Mug, red', eurMinor: 1290, weightGrams: 380, stock: { BER: 120 } },
  { sku: 'TEAPOT', title: 'Teapot, 1.2 l', eurMinor: 4490, weightGrams: 1150, stock: { BER: 40, VIE: 25 } },
  { sku: 'TEA-EARL-100', title: 'Earl Grey, 100 g', eurMinor: 890, weightGrams: 120, stock: { VIE: 500 } },
  { sku: 'TEA-SENCHA-100', title: 'Sencha, 100 g', eurMinor: 1190, weightGrams: 120, stock: { VIE: 300 } },
  { sku: 'KETTLE', title: 'Electric kettle', eurMinor: 7990, weightGrams: 1600, stock: { BER: 30 } },
  { sku: 'TRAY-OAK', title: 'Tray, oak', eurMinor: 3490, weightGrams: 900, stock: { BER: 15 } },
  { sku: 'SAMOVAR', title: 'Samovar, the last one', eurMinor: 34900, weightGrams: 6200, stock: { VIE: 1 } },
];

/** Prices in US dollars follow from those in euros at this fixed rate. */
const USD_PER_EUR = 1.1;

/**
 * Fills an empty catalog through the API, as staff would. A seed that was interrupted is completed: a product is put on sale
 * after its stock was received, and every request can be repeated.
 *
 * @param url base URL of the API
 * @returns the number of products, or 0 when nothing was written: the seed is complete, or the catalog has other products
 */
export async function seed(url: string): Promise<number> {
  const api = new ApiClient(url);
  const staff = 'seed:staff';
  const { items } = await api.call<{ items: { sku: string }[] }>(staff, 'GET', `/catalog?limit=${PRODUCTS.length + 1}`);
  if (items.some(({ sku }) => PRODUCTS.every((product) => product.sku !== sku))) return 0;
  const stored = await api.call<{ items: { location: string }[] }>(staff, 'GET', '/locations');
  const isComplete = Object.keys(LOCATIONS).every((name) => stored.items.some(({ location }) => location === name));
  if (isComplete && items.length === PRODUCTS.length) return 0;
  for (const [location, body] of Object.entries(LOCATIONS)) {
    await api.call(staff, 'PUT', `/locations/${location}`, body);
  }
  await Promise.all(
    PRODUCTS.map(async ({ sku, title, eurMinor, weightGrams, stock }) => {
      const prices = [
        { currency: 'EUR', amountMinor: eurMinor },
        { currency: 'USD', amountMinor: Math.round(eurMinor * USD_PER_EUR) },
      ];
      const product = { title, prices, weightGrams };
      await api.call(staff, 'PUT', `/catalog/${sku}`, { ...product, active: false });
      for (const [location, quantity] of Object.entries(stock)) {
        const receipt = { receiptId: `seed-${sku}-${location}`, location, quantity };
        await api.call(staff, 'POST', `/inventory/${sku}/receipts`, receipt);
      }
      await api.call(staff, 'PUT', `/catalog/${sku}`, { ...product, active: true });
    }),
  );
  return PRODUCTS.length;
}
