import { describe, expect, it } from 'vitest';
import { dynamodbSnapshotStore } from '../../functions/inventory/availability/index.ts';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import { tableAccess } from '../../functions/shared/table-access.ts';
import { makeHot } from '../support/hot-skus.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { codeOf, fresh, now, order, receive } from './stock-store-contract.ts';
import { openStockTables, paceWith, store, table, time } from './stock-table.ts';

openStockTables();
const pace = paceWith(0);

/** A process whose clock is ahead. */
function process(aheadMs = 0): Stock {
  return openStock(table, { client: store.client, pace, clock: () => toInstant(time.nowMs + aheadMs) });
}

async function soldOut(): Promise<string> {
  const sku = fresh('HOT');
  await process().plan(sku, { location: 'W1', shards: 2 });
  await receive(process(), sku, 'W1', 1);
  await makeHot(store.client, table, sku);
  expect(codeOf(await process().reserve(order({ [sku]: 1 }), now))).toBeUndefined();
  return sku;
}

describe.each([500, 900, 5_000])('an availability snapshot of a process whose clock is %i ms ahead', (aheadMs) => {
  const buy = async (stock: Stock, sku: string) => codeOf(await stock.reserve(order({ [sku]: 1 }), now));

  it('refuses no order of a process that saw it come from the future', async () => {
    const sku = await soldOut();
    const snapshots = dynamodbSnapshotStore(tableAccess(table, { client: store.client }));
    const wrong = { sku, at: time.nowMs + aheadMs, units: 0, free: [], credits: 0, creditsChangedAt: 0 };
    const warm = process();
    for (let times = 0; times < 2; times++) {
      await snapshots.writeSnapshot(0, wrong);
      if (times === 0) expect(await buy(warm, sku)).toBe('OUT_OF_STOCK');
    }
    await receive(process(), sku, 'W1', 1);
    time.nowMs = wrong.at;
    expect(await buy(warm, sku)).toBeUndefined();
  });

  it('is replaced by the next process that reads the shards', async () => {
    const sku = await soldOut();
    expect(await buy(process(aheadMs), sku)).toBe('OUT_OF_STOCK');
    time.nowMs += 1;
    expect(await buy(process(), sku)).toBe('OUT_OF_STOCK');
    await receive(process(), sku, 'W1', 1);
    time.nowMs += aheadMs;
    expect(await buy(process(), sku)).toBeUndefined();
  });
});
