import { holdStock, reserveDependencies } from '../../functions/inventory/reservations/index.ts';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import { MemoryItems, meter } from './memory-items.ts';
import { memoryStores } from './memory-stores.ts';
import { Random } from './random.ts';
import { opening, processOf } from './shop-process.ts';
import { VirtualTime } from './virtual-time.ts';

/** The write units of one reservation of `lines` SKUs without contention. */
export async function uncontendedWriteUnits(path: 'T' | 'J', lines: number): Promise<number> {
  const items = new MemoryItems();
  const now = toInstant(opening);
  const skus = Array.from({ length: lines }, (_, index) => `SKU-${index + 1}`);
  const plain = memoryStores({ items });
  for (const sku of skus) {
    const locations = [{ location: 'W1', shards: 1, priority: 0 }];
    const receipt = { receiptId: sku, sku, location: 'W1', quantity: 10 };
    const plan = { sku, locations, path, revision: 1 };
    await plain.ledger.book({ receipt, recordId: sku, at: now, parts: [{ shard: 0, quantity: 10 }], plan });
  }
  let writeUnits = 0;
  const stores = memoryStores({
    items,
    async send(request) {
      const bill = meter(items, request);
      const answer = items.execute(request);
      writeUnits += bill.paid(answer).write;
      return answer;
    },
  });
  const dependencies = reserveDependencies(stores, processOf(new VirtualTime(), new Random(1)));
  const wanted = skus.map((sku, index) => ({ lineId: String(index + 1), sku, quantity: 1 }));
  await holdStock(
    { orderId: 'ord_00000000000000000000000001', lines: wanted, expiresAt: toInstant(opening + 900_000) },
    now,
    dependencies,
  );
  return writeUnits;
}
