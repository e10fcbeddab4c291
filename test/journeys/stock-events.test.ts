import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { definitionOf } from '../../events/catalog.ts';
import { type StockEnvelope, stockEnvelopeSchema } from '../../events/envelope.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { outsiderOf } from './outsider.ts';
import { appWithPartner, receivedBy } from './partner.ts';

let local: Local;
let shop: Shop;
let partner: Awaited<ReturnType<typeof appWithPartner>>;

beforeAll(async () => {
  partner = await appWithPartner();
  local = await startLocal({ port: 0, memory: true, assembly: partner.assembly });
  shop = new Shop(local);
});

afterAll(async () => {
  await local?.stop();
  partner?.remove();
});

/** The stock events that a subscriber received since the last call. */
async function heard(): Promise<StockEnvelope[]> {
  await local.settled();
  const messages = await receivedBy(outsiderOf(local));
  const about = messages.filter(({ source }) => source === 'oms.inventory');
  for (const { detail, 'detail-type': type } of about) {
    const envelope = z.parse(stockEnvelopeSchema, detail);
    expect(type).toBe(envelope.type);
    z.parse(definitionOf(envelope.type, envelope.version).data, envelope.data);
  }
  return about.map(({ detail }) => detail as unknown as StockEnvelope);
}

const factsOf = (events: readonly StockEnvelope[]) =>
  events.map(({ type, sku, sequence, data }) => [type, sku, sequence, data]);

test('a subscriber receives every receipt, and each change of the level once, in order', async () => {
  await shop.sell('MUG');
  await shop.receive('MUG', 'BER', 4, 'delivery-1');
  await shop.receive('MUG', 'BER', 4, 'delivery-1');
  expect(factsOf(await heard())).toEqual([
    ['StockReceived', 'MUG', undefined, { receiptId: 'delivery-1', location: 'BER', quantity: 4 }],
  ]);

  const buy = (quantity: number) => shop.ordered('alice', orderOf('MUG', { lines: [{ sku: 'MUG', quantity }] }));
  await buy(1);
  await buy(1);
  expect(factsOf(await heard())).toEqual([]);
  const last = await buy(2);
  expect((await buy(1)).status).toBe('rejected');
  expect(factsOf(await heard())).toEqual([['StockDepleted', 'MUG', 1, { before: 'ok' }]]);

  await shop.cancel(last.orderId, 'alice');
  const again = await heard();
  expect(factsOf(again)).toEqual([['StockReplenished', 'MUG', 2, { available: 2, level: 'ok', before: 'depleted' }]]);
  expect(again[0]?.eventId).toBe('stock:MUG:2');
});

test('a sale costs one or two reads, not one for each order', async () => {
  await shop.sell('CUP', { stock: { BER: 100 } });
  await local.settled();
  local.resetMeter();
  await Promise.all(Array.from({ length: 60 }, (_, index) => shop.place(`buyer-${index}`, orderOf('CUP'))));
  await local.settled();
  const { functions } = local.meter();
  expect(functions.AnnounceStock?.invocations).toBeLessThan(30);
  expect(factsOf(await heard()).filter(([, sku]) => sku === 'CUP')).toHaveLength(1);
});

test('the key of an item that can never be announced moves to the failure queue, and the item blocks nothing', async () => {
  const outsider = outsiderOf(local);
  await outsider.put(local.app.tables.find(({ name }) => name.includes('Inventory'))?.name ?? '', {
    ...{ pk: 'C#receipt#broken', kind: 'receipt', sku: 'CUP', at: 'now', location: 'BER', quantity: -1 },
  });
  await shop.receive('CUP', 'BER', 1, 'after-it');
  expect(factsOf(await heard()).map(([type]) => type)).toEqual(['StockReceived']);
  const [parked, ...others] = await outsider.drain('-inventory-failures');
  expect(others).toEqual([]);
  expect(JSON.parse(parked ?? '{}')).toMatchObject({ consumer: 'announce-stock', key: { pk: 'C#receipt#broken' } });
});
