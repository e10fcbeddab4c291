import { afterEach, expect, test } from 'vitest';
import { ApiClient } from '../../local/api-client.ts';
import { type Local, startLocal } from '../../local/index.ts';
import { seed } from '../../local/seed.ts';

let local: Local;

afterEach(() => local.stop());

const staff = 'sam:staff';
const product = (title: string) => ({
  title,
  prices: [{ currency: 'EUR', amountMinor: 100 }],
  weightGrams: 1,
  active: true,
});

async function start() {
  local = await startLocal();
  const api = new ApiClient(local.url);
  const skus = async () => {
    const { items } = await api.call<{ items: { sku: string }[] }>(staff, 'GET', '/catalog?limit=50');
    return items.map(({ sku }) => sku);
  };
  const onHand = async (sku: string) => (await api.call<{ onHand: number }>(staff, 'GET', `/inventory/${sku}`)).onHand;
  return { api, skus, onHand };
}

test('a seed that was interrupted is completed by the next one, and nothing is written twice', async () => {
  const { api, skus, onHand } = await start();
  await api.call(staff, 'PUT', '/catalog/SAMOVAR', product('Samovar'));
  await api.call(staff, 'PUT', '/locations/VIE', { country: 'AT' });
  const receipt = { receiptId: 'seed-SAMOVAR-VIE', location: 'VIE', quantity: 1 };
  await api.call(staff, 'POST', '/inventory/SAMOVAR/receipts', receipt);
  await api.call(staff, 'PUT', '/catalog/MUG-RED', product('Mug'));
  await api.call(staff, 'PUT', '/locations/BER', { name: 'B', country: 'DE', postalCode: '10115' });
  expect(await seed(local.url)).toBe(8);
  expect(await skus()).toHaveLength(8);
  expect(await onHand('SAMOVAR')).toBe(1);
  expect(await seed(local.url)).toBe(0);
});

test('a catalog with other products is not seeded', async () => {
  const { api, skus } = await start();
  await api.call(staff, 'PUT', '/catalog/HAT', product('Hat'));
  expect(await seed(local.url)).toBe(0);
  expect(await skus()).toEqual(['HAT']);
});

test('a catalog without products is seeded, even if its locations exist', async () => {
  const { api, skus } = await start();
  for (const name of ['BER', 'VIE']) {
    await api.call(staff, 'PUT', `/locations/${name}`, { name, country: 'DE', postalCode: '10115' });
  }
  expect(await seed(local.url)).toBe(8);
  expect(await skus()).toHaveLength(8);
});

test('the system is healthy only after it was prepared', async () => {
  const health = async (url: string) => {
    const response = await fetch(`${url}/_local/health`);
    return { status: response.status, body: await response.json() };
  };
  let before: unknown;
  const prepare = async (url: string) => {
    before = await health(url);
    await seed(url);
  };
  local = await startLocal({ prepare });
  expect(before).toEqual({ status: 503, body: { message: 'starting' } });
  expect(await health(local.url)).toMatchObject({ status: 200, body: { status: 'ok', url: local.url } });
});
