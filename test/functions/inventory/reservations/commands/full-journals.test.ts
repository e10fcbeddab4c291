import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MemoryItems } from '../../../../../bench/inventory-simulator/memory-items.ts';
import { type CallHook, memoryStores } from '../../../../../bench/inventory-simulator/memory-stores.ts';
import {
  holdStock,
  reserveDependencies,
  reserveProcess,
} from '../../../../../functions/inventory/reservations/index.ts';
import type { ShardCounters } from '../../../../../functions/inventory/sharding/index.ts';
import { toInstant } from '../../../../../functions/shared/kernel/time.ts';

const shard = { location: 'W1', sku: 'HOT', shard: 0 };
const now = toInstant(1_000_000);
const expiresAt = toInstant(2_000_000);

interface Sold {
  readonly longest: number;
  readonly last: ShardCounters | undefined;
  readonly names: readonly string[];
}

/** Processes that buy one unit each from the same shard and then end: none removes its own entry. */
async function sellTo(processes: number, around?: CallHook): Promise<Sold> {
  const items = new MemoryItems();
  const stores = memoryStores({ items, ...(around !== undefined && { around }) });
  const locations = [{ location: 'W1', shards: 1, priority: 0 }];
  await stores.planStore.write({ sku: 'HOT', path: 'J', revision: 1, locations });
  const receipt = { receiptId: 'r', sku: 'HOT', location: 'W1', quantity: processes };
  await stores.ledger.book({
    receipt,
    recordId: 'r',
    at: now,
    parts: [{ shard: 0, quantity: processes }],
    plan: undefined,
  });
  const readShard = async () => (await stores.shards.read([shard], 'strong'))[0];
  const pace = { random: () => 0, sleep: async () => undefined };
  let nonces = 0;
  let longest = 0;
  for (let buyer = 0; buyer < processes; buyer++) {
    const process = reserveProcess({ pace, nonce: () => `n${++nonces}`, nowMs: () => 0 });
    const lines = [{ lineId: '1', sku: 'HOT', quantity: 1 }];
    const request = { orderId: `order-${buyer}`, lines, expiresAt };
    const reserved = holdStock(request, now, reserveDependencies(stores, process));
    await Promise.race([reserved, setImmediate()]);
    longest = Math.max(longest, (await readShard())?.journal.length ?? 0);
  }
  return { longest, last: await readShard(), names: Object.keys(items.get('I#W1#HOT#0') ?? {}) };
}

describe('a journal that many processes write to', () => {
  it('stays short, so that the shard stays under a kilobyte', async () => {
    const { longest, last } = await sellTo(100);
    expect(last).toMatchObject({ available: 0, reserved: 100 });
    expect(longest).toBeLessThan(14);
  });

  it('keeps the entry of a process that is frozen before it writes its reservation', async () => {
    const frozen: CallHook = (call, args, proceed) => {
      const stands = call === 'hold' && (args[0] as { orderId: string }).orderId === 'order-0';
      return stands ? new Promise(() => undefined) : proceed();
    };
    const { names, longest } = await sellTo(40, frozen);
    expect(names).toContain('j:n1');
    expect(longest).toBeLessThan(15);
  });
});
