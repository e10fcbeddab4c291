import { MemoryItems } from '../../bench/inventory-simulator/memory-items.ts';
import { memoryStockTable } from '../../bench/inventory-simulator/memory-stock-table.ts';
import { ShortMemory } from '../../functions/inventory/availability/commands/short-memory.ts';
import { shardedStockStore } from '../../functions/inventory/ledger/commands/sharded-stock-store.ts';
import { HomeShard } from '../../functions/inventory/reservations/commands/survey-stock.ts';
import { systemPace } from '../../functions/shared/kernel/backoff.ts';
import { fresh, stockStoreContract } from './stock-store-contract.ts';

const items = new MemoryItems();
let memoryMs = 0;

stockStoreContract('memory', () => ({
  open: () =>
    shardedStockStore({
      table: memoryStockTable({ items }),
      memory: new ShortMemory(() => memoryMs),
      home: new HomeShard(systemPace),
      pace: systemPace,
      nonce: () => fresh('nonce'),
      nowMs: () => memoryMs,
    }),
  wait: (milliseconds) => {
    memoryMs += milliseconds;
  },
}));
