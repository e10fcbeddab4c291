import { BatchWriteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, schedules: false });
  shop = new Shop(local);
  for (const location of ['BER', 'VIE']) await shop.locate(location);
});

afterAll(() => local?.stop());

describe('a function may also make the calls that it seldom makes', () => {
  test('an adjustment at a location that the SKU is new at', async () => {
    await shop.sell('NAIL', { stock: { BER: 1 } });
    const adjustment = { adjustmentId: 'a-1', location: 'VIE', quantity: 3, reason: 'found' };
    await shop.must('sam:staff', 'POST', '/inventory/NAIL/adjustments', adjustment);
    expect(await shop.stock('NAIL')).toMatchObject({ onHand: 4 });
  });

  test('a safety stock that is filled up with the units of an order that was cancelled', async () => {
    await shop.sell('BOLT', { stock: { BER: 5 } });
    const order = await shop.ordered('alice', { ...orderOf('BOLT'), lines: [{ sku: 'BOLT', quantity: 5 }] });
    const setSafety = () => shop.must('sam:staff', 'PUT', '/inventory/BOLT/locations/BER/safety-stock', { units: 3 });
    await setSafety();
    await shop.cancel(order.orderId);
    await local.settled();
    await setSafety();
    expect(await shop.stock('BOLT')).toMatchObject({ onHand: 5, available: 2, safety: 3 });
  });

  test('a count that finds fewer units than are reserved, and names the orders', async () => {
    await shop.sell('RAKE', { stock: { BER: 3 } });
    const order = await shop.ordered('alice', { ...orderOf('RAKE'), lines: [{ sku: 'RAKE', quantity: 3 }] });
    const count = { countId: 'c-1', location: 'BER', counted: 1, acceptShortage: true };
    const answer = await shop.must('sam:staff', 'POST', '/inventory/RAKE/counts', count);
    expect(JSON.stringify(answer)).toContain(order.orderId);
  });

  test('the rebalancing of a hot SKU after a sale', async () => {
    await shop.sell('DRUM', { stock: { BER: 40 } });
    await shop.must('sam:staff', 'PUT', '/inventory/DRUM/plan', { expectedPeakPerSecond: 1_000 });
    for (let count = 0; count < 3; count++) await shop.ordered('alice', orderOf('DRUM'));
    await local.invoke('rebalance-stock', {});
    const plan = await shop.must('sam:staff', 'GET', '/inventory/DRUM/plan');
    expect(plan).toMatchObject({ path: 'J' });
    expect(await shop.stock('DRUM')).toMatchObject({ onHand: 40, available: 37, reserved: 3 });
  });

  test('the repetition of a request whose idempotency record has expired', async () => {
    await shop.sell('HORN', { stock: { BER: 5 } });
    const first = await shop.place('alice', orderOf('HORN'), 'key-1');
    await forgetRequests();
    const again = await shop.place('alice', orderOf('HORN'), 'key-1');
    expect([again.status, again.body.orderId]).toEqual([201, first.body.orderId]);
    await forgetRequests();
    const { shippingAddress, ...rest } = orderOf('HORN');
    const elsewhere = { ...rest, shippingAddress: { ...shippingAddress, line1: 'Elsewhere 99' } };
    expect(await shop.place('alice', elsewhere, 'key-1')).toMatchObject({ body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });
});

async function forgetRequests(): Promise<void> {
  const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' };
  const client = new DynamoDBClient({ endpoint: local.awsUrl, region: 'us-east-1', credentials: operator });
  const table = local.app.tables.find(({ name }) => name.includes('Idempotency'))?.name ?? '';
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
  const deletions = Items.map(({ id }) => ({ DeleteRequest: { Key: { id: id ?? { S: '' } } } }));
  expect(deletions.length).toBeGreaterThan(0);
  await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: deletions.slice(0, 25) } }));
  client.destroy();
}
