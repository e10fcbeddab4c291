import { MemoryItems, type Send } from '../../bench/inventory-simulator/memory-items.ts';
import { memoryStores } from '../../bench/inventory-simulator/memory-stores.ts';
import { reserveProcess } from '../../functions/inventory/reservations/index.ts';
import { TransientFault } from '../../functions/shared/kernel/faults.ts';
import { memoryStock } from '../support/stock.ts';
import { backorderContract } from './backorder-contract.ts';
import { fresh } from './stock-store-contract.ts';
import type { Fate } from './stock-store-faults.ts';

let items = new MemoryItems();
let memoryMs = 0;

function openOn(send: Send) {
  const pace = { random: () => 0.5, sleep: async () => undefined };
  const process = reserveProcess({ pace, nonce: () => fresh('nonce'), nowMs: () => memoryMs++ });
  return memoryStock(memoryStores({ items, send }), process);
}

/** The fates of requests as a client of DynamoDB meets them. */
function fateful(fateOf: () => Fate): Send {
  return async (request) => {
    const fate = fateOf();
    if (fate === 'never-sent') throw new TransientFault('the request was never sent');
    if (fate === 'contended' && request.kind !== 'read' && request.kind !== 'query') return { outcome: 'contended' };
    const answer = items.execute(request);
    if (fate === 'sent-twice') return items.execute(request);
    if (fate === 'lost-acknowledgement') throw new TransientFault('applied, and the answer was lost');
    return answer;
  };
}

backorderContract('memory', {
  async reset() {
    items = new MemoryItems();
  },
  open: (around = (send) => send()) => openOn((request) => around(async () => items.execute(request))),
  openWithFates: (fateOf) => openOn(fateful(fateOf)),
  items: async () => items.all(),
});
