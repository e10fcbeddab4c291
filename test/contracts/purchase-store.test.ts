import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deriveId, shipmentIdFor } from '../../functions/shared/kernel/ids.ts';
import type { Instant } from '../../functions/shared/kernel/time.ts';
import { dynamoPurchaseStore } from '../../functions/shipping/adapters/dynamodb-purchase-store.ts';
import type { PurchaseStore } from '../../functions/shipping/commands/purchase-store.ts';
import type { Offer } from '../../functions/shipping/domain/shipment.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { pointAwsAt } from '../support/environment.ts';

let store: TestStore;
let table: string;
let purchases: PurchaseStore;
let orderId: string;
let orders = 0;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  table = await store.createTable(layouts.gatewayRecords);
  purchases = dynamoPurchaseStore(table, () => '2026-11-01T00:00:00.000Z' as Instant);
});
afterAll(() => store.stop());
beforeEach(() => {
  orders += 1;
  orderId = deriveId('ord', 'purchases', String(orders));
});

const offer = (name: string): Offer => ({ carrierShipmentId: `carrier's ${name}`, rateId: `rate of ${name}` });
/** One offer for each location, all of one run. */
const offersOf = (run: string, ...locations: readonly string[]) =>
  new Map(locations.map((location) => [shipmentIdFor(orderId, location), offer(`${run} in ${location}`)]));

describe('the recorded offer', () => {
  test('is the first one, and later ones do not replace it', async () => {
    const first = offersOf('first', 'berlin', 'vienna');
    expect(await purchases.decide(orderId, first)).toEqual(first);
    expect(await purchases.decide(orderId, first)).toEqual(first);
    expect(await purchases.decide(orderId, offersOf('second', 'berlin', 'vienna'))).toEqual(first);
    expect(await purchases.close(orderId)).toEqual(first);
  });

  test('is the same for concurrent callers', async () => {
    const runs = ['a', 'b', 'c', 'd', 'e', 'f'];
    const decided = await Promise.all(runs.map((run) => purchases.decide(orderId, offersOf(run, 'berlin', 'vienna'))));
    for (const each of decided) expect(each).toEqual(decided[0]);
    expect(decided[0]?.size).toBe(2);
  });

  test('is decided for each shipment separately', async () => {
    await purchases.decide(orderId, offersOf('first', 'berlin'));
    const both = new Map([...offersOf('first', 'berlin'), ...offersOf('second', 'vienna')]);
    expect(await purchases.decide(orderId, offersOf('second', 'berlin', 'vienna'))).toEqual(both);
  });

  test('cannot be added once the order is closed', async () => {
    const first = offersOf('first', 'berlin');
    await purchases.decide(orderId, first);
    expect(await purchases.close(orderId)).toEqual(first);
    expect(await purchases.close(orderId)).toEqual(first);
    expect(await purchases.decide(orderId, first)).toBeUndefined();
    expect(await purchases.decide(orderId, offersOf('second', 'vienna'))).toBeUndefined();
    expect(await purchases.close(orderId)).toEqual(first);
  });

  test('is absent when the order was closed before', async () => {
    expect(await purchases.close(orderId)).toEqual(new Map());
    expect(await purchases.decide(orderId, offersOf('late', 'berlin'))).toBeUndefined();
  });

  test('belongs to one order', async () => {
    await purchases.close(orderId);
    const other = deriveId('ord', 'purchases', 'other');
    const offers = offersOf('first', 'berlin');
    expect(await purchases.decide(other, offers)).toEqual(offers);
  });

  test('expires after ninety days', async () => {
    await purchases.decide(orderId, offersOf('first', 'berlin'));
    const Key = { id: { S: `purchases#${orderId}` } };
    const { Item } = await store.client.send(new GetItemCommand({ TableName: table, Key }));
    expect(new Date(Number(Item?.expiration?.N) * 1_000).toISOString()).toBe('2027-01-30T00:00:00.000Z');
  });
});
