import { MemoryItems } from '../../bench/inventory-simulator/memory-items.ts';
import { memoryStores } from '../../bench/inventory-simulator/memory-stores.ts';
import { reserveProcess } from '../../functions/inventory/reservations/index.ts';
import { systemPace } from '../../functions/shared/kernel/backoff.ts';
import { memoryStock } from '../support/stock.ts';
import { fresh, stockStoreContract } from './stock-store-contract.ts';

const items = new MemoryItems();
let memoryMs = 0;

stockStoreContract('memory', () => ({
  open: () =>
    memoryStock(
      memoryStores({ items }),
      reserveProcess({ pace: systemPace, nonce: () => fresh('nonce'), nowMs: () => memoryMs }),
    ),
  wait: (milliseconds) => {
    memoryMs += milliseconds;
  },
}));
