import { describe, expect, it } from 'vitest';
import { runAudit } from '../../../../../functions/inventory/audit/commands/run-audit.ts';
import type { StockRecord } from '../../../../../functions/inventory/audit/domain/stock-tally.ts';
import type { ShardCounters } from '../../../../../functions/inventory/sharding/index.ts';

const shard: ShardCounters = {
  ...{ location: 'BER', sku: 'MUG', shard: 0 },
  ...{ available: 5, reserved: 2, shipped: 0, received: 7, movedIn: 0, movedOut: 0, credits: 3 },
  journal: [],
};
const plan = { sku: 'MUG', path: 'T', revision: 1, locations: [{ location: 'BER', shards: 1, priority: 0 }] } as const;
const receipt = {
  kind: 'receipt',
  id: 'r',
  sku: 'MUG',
  at: '' as never,
  body: { location: 'BER', quantity: 7 },
} as const;

/** An audit of a shard with two reserved units but no reservation; `at` returns the shard at each of its reads. */
async function audited(at: (read: number) => Partial<ShardCounters>, seen: (look: number) => StockRecord[] = () => []) {
  let [reads, looks] = [0, 0];
  const now = (): ShardCounters => ({ ...shard, ...at(reads) });
  const result = await runAudit({
    stock: {
      shards: {
        read: async (shards) => {
          reads += 1;
          return shards.map(now);
        },
      },
      reservationsOf: async () => new Map(),
      scan: async (see) => {
        looks += 1;
        see({ kind: 'shard', shard: now() });
        see({ kind: 'plan', plan });
        see({ kind: 'ledger', record: receipt });
        for (const record of seen(looks)) see(record);
        return { itemCount: 3, complete: true };
      },
    },
    pace: { sleep: async () => undefined },
    nowMs: () => 1_800_000_000_000,
  });
  return { ...result, looks };
}

const difference = { kind: 'reserved_differs', sku: 'MUG', shard: 'BER#MUG#0', expected: 0, found: 2 };

describe('a difference between a shard and its reservations', () => {
  it('is a finding when two passes confirm it for a shard that does not change', async () => {
    const { findings, undecided, looks } = await audited(() => ({}));
    expect({ findings, undecided, looks }).toEqual({ findings: [difference], undecided: [], looks: 3 });
  });

  it('is undecided for a shard that changes during every pass', async () => {
    const { findings, undecided } = await audited((read) => ({ credits: read }));
    expect({ findings, undecided }).toEqual({ findings: [], undecided: [difference] });
  });

  it('is a finding as soon as two passes found the shard unchanged', async () => {
    const { findings, looks } = await audited((read) => ({ credits: Math.min(read, 4) }));
    expect({ findings, looks }).toEqual({ findings: [difference], looks: 5 });
  });

  it('is no finding when a later pass does not show it', async () => {
    const part = { ...{ location: 'BER', sku: 'MUG', shard: 0 }, lineId: '1', quantity: 2 };
    const held = { orderId: 'o', state: 'CONFIRMED', expiresAt: '' as never, revision: 0, parts: [part] } as const;
    const late = (look: number): StockRecord[] => (look < 3 ? [] : [{ kind: 'reservation', reservation: held }]);
    const { findings, undecided, looks } = await audited(() => ({}), late);
    expect({ findings, undecided, looks }).toEqual({ findings: [], undecided: [], looks: 3 });
  });

  it('is a finding even if the entries of a journal are returned in another order', async () => {
    const entry = (nonce: string) => ({ nonce, orderId: nonce, quantity: 1, at: 1_799_999_999_000 });
    const journal = [entry('a'), entry('b')];
    const { findings, undecided } = await audited((read) => ({
      reserved: 3,
      received: 8,
      journal: read % 2 ? journal : journal.toReversed(),
    }));
    expect(findings).toMatchObject([{ kind: 'reserved_differs', expected: 2, found: 3 }, { kind: 'received_differs' }]);
    expect(undecided).toEqual([]);
  });
});

describe('a difference between a queue and its orders', () => {
  const queue = (units: number): StockRecord[] => [
    { kind: 'queue', sku: 'HAT', units },
    { kind: 'waiting', sku: 'HAT', units: 1 },
  ];

  it('is a finding when two passes show the same totals', async () => {
    const { findings } = await audited(
      () => ({ reserved: 0, available: 7 }),
      () => queue(4),
    );
    expect(findings).toEqual([{ kind: 'waiting_differs', sku: 'HAT', expected: 1, found: 4 }]);
  });

  it('is undecided when every pass shows other totals', async () => {
    const { findings, undecided } = await audited(
      () => ({ reserved: 0, available: 7 }),
      (look) => queue(4 + look),
    );
    expect(findings).toEqual([]);
    expect(undecided).toMatchObject([{ kind: 'waiting_differs' }]);
  });
});
