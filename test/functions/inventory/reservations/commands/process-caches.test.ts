import { describe, expect, it } from 'vitest';
import { reserveProcess } from '../../../../../functions/inventory/reservations/index.ts';
import { planWith } from '../../../../../functions/inventory/sharding/index.ts';

const shard = { location: 'W1', sku: 'A', shard: 0 };
const counters = {
  ...shard,
  ...{ available: 3, reserved: 0, shipped: 0, received: 3, movedIn: 0, movedOut: 0, credits: 1, journal: [] },
};

function processCaches() {
  const clock = { ms: 0 };
  const pace = { random: () => 0, sleep: async () => undefined };
  const { counts, plans } = reserveProcess({ pace, nonce: () => '', nowMs: () => clock.ms });
  const plan = planWith(undefined, 'A', 'W1', 2);
  const seen = () => counts.view([plan]).get('A')?.[0]?.available;
  const deny = (sku: string, available: number) => counts.deny([{ sku, available, wanted: available + 1 }]);
  const denied = (sku: string, wanted: number) => counts.denied(new Map([[sku, wanted]]))[0]?.available;
  return { clock, counts, plans, plan, seen, deny, denied };
}

describe('the caches of a process', () => {
  it('assume that a shard that was never read has units', () => {
    expect(processCaches().seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('subtract their own sales, and drop counts after a second', () => {
    const { clock, counts, seen } = processCaches();
    counts.learn([counters]);
    counts.learnDebits([{ ...shard, quantity: 2 }]);
    expect(seen()).toEqual([1, Number.POSITIVE_INFINITY]);
    clock.ms = 1_000;
    expect(seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('refuse a SKU that was seen insufficient for less than a quarter of a second, and admit nothing', () => {
    const { clock, deny, denied } = processCaches();
    deny('A', 3);
    expect(denied('A', 3)).toBeUndefined();
    expect(denied('A', 4)).toBe(3);
    clock.ms = 249;
    expect(denied('A', 4)).toBe(3);
    clock.ms = 250;
    expect(denied('A', 4)).toBeUndefined();
  });

  it('do not refuse for longer when the clock is set back', () => {
    const { clock, deny, denied } = processCaches();
    clock.ms = 10_000;
    deny('A', 0);
    clock.ms = 9_000;
    expect(denied('A', 1)).toBeUndefined();
  });

  it('forget counts and denials of a SKU when units come back', () => {
    const { counts, seen, deny, denied } = processCaches();
    counts.learn([{ ...counters, available: 0 }]);
    deny('A', 0);
    counts.forget([shard]);
    expect(denied('A', 1)).toBeUndefined();
    expect(seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('keep a plan for five seconds', () => {
    const { clock, plans, plan } = processCaches();
    plans.learn(plan);
    clock.ms = 4_999;
    expect(plans.get('A')).toBe(plan);
    clock.ms = 5_000;
    expect(plans.get('A')).toBeUndefined();
  });

  it('are bounded, however many SKUs are sold', () => {
    const { deny, denied } = processCaches();
    for (let sku = 0; sku < 30_000; sku++) deny(`SKU-${sku}`, 0);
    expect(denied('SKU-0', 1)).toBeUndefined();
    expect(denied('SKU-29999', 1)).toBe(0);
  });
});
