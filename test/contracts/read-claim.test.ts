import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryItems } from '../../bench/inventory-simulator/memory-items.ts';
import { memoryStores } from '../../bench/inventory-simulator/memory-stores.ts';
import {
  dynamodbSnapshotStore,
  type Snapshot,
  type SnapshotStore,
} from '../../functions/inventory/availability/index.ts';
import { tableAccess } from '../../functions/shared/table-access.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { fresh } from './stock-store-contract.ts';

let store: TestStore;
let table: string;

beforeAll(async () => {
  store = await startStore();
  table = await store.createTable(layouts.inventory);
});
afterAll(() => store.stop());

const now = 1_000_000;
const claim = { now, until: now + 100 };
const snapshotAt = (sku: string, at: number): Snapshot => ({
  ...{ sku, at, units: 0, free: [], credits: 0, creditsChangedAt: 0 },
});

const stores: Record<string, () => SnapshotStore> = {
  DynamoDB: () => dynamodbSnapshotStore(tableAccess(table, { client: store.client })),
  'the simulator': () => memoryStores({ items: new MemoryItems() }).snapshotStore,
};

describe.each(Object.keys(stores))('the claim to the next read of all shards in %s', (name) => {
  async function published() {
    const snapshots = (stores[name] as () => SnapshotStore)();
    const sku = fresh('HOT');
    await snapshots.writeSnapshot(0, snapshotAt(sku, now - 500));
    return { snapshots, sku };
  }

  it('goes to one of several processes, and the others see it', async () => {
    const { snapshots, sku } = await published();
    const claims = await Promise.all([1, 2, 3, 4].map(() => snapshots.claimRead(sku, 0, claim)));
    expect(claims.filter((got) => got)).toHaveLength(1);
    expect((await snapshots.readSnapshot(sku, 0))?.claimedUntil).toBe(claim.until);
    expect((await snapshots.readSnapshot(sku, 0))?.at).toBe(now - 500);
  });

  it('ends with the next snapshot', async () => {
    const { snapshots, sku } = await published();
    await snapshots.claimRead(sku, 0, claim);
    await snapshots.writeSnapshot(0, snapshotAt(sku, now));
    expect((await snapshots.readSnapshot(sku, 0))?.claimedUntil).toBeUndefined();
    expect(await snapshots.claimRead(sku, 0, claim)).toBe(true);
  });

  it('ends by itself when the process that has it writes no snapshot', async () => {
    const { snapshots, sku } = await published();
    await snapshots.claimRead(sku, 0, claim);
    expect(await snapshots.claimRead(sku, 0, { now: now + 99, until: now + 199 })).toBe(false);
    expect(await snapshots.claimRead(sku, 0, { now: now + 100, until: now + 200 })).toBe(true);
  });

  it('does not hold when a wrong clock has set it far in the future', async () => {
    const { snapshots, sku } = await published();
    await snapshots.claimRead(sku, 0, { now: now + 5_000, until: now + 5_100 });
    expect(await snapshots.claimRead(sku, 0, claim)).toBe(true);
  });

  it('is not given where no snapshot is stored', async () => {
    const { snapshots } = await published();
    const sku = fresh('HOT');
    expect(await snapshots.claimRead(sku, 0, claim)).toBe(false);
    expect(await snapshots.readSnapshot(sku, 0)).toBeUndefined();
  });
});
