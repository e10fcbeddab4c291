import { describe, expect, it } from 'vitest';
import { reserveProcess } from '../../../../../functions/inventory/reservations/index.ts';
import { planWith } from '../../../../../functions/inventory/sharding/index.ts';

const shard = { location: 'W1', sku: 'A', shard: 0 };
const counters = {
  ...shard,
  ...{ available: 3, reserved: 0, shipped: 0, received: 3, movedIn: 0, movedOut: 0, credits: 1, journal: [] },
};

function remembering() {
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
  it('counts on a shard that it never saw', () => {
    expect(remembering().seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('keeps in step with its own sales, and forgets counts after a second', () => {
    const { clock, counts, seen } = remembering();
    counts.learn([counters]);
    counts.learnDebits([{ ...shard, quantity: 2 }]);
    expect(seen()).toEqual([1, Number.POSITIVE_INFINITY]);
    clock.ms = 1_000;
    expect(seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('refuses what it saw to be too little for less than a quarter of a second, and admits nothing', () => {
    const { clock, deny, denied } = remembering();
    deny('A', 3);
    expect(denied('A', 3)).toBeUndefined();
    expect(denied('A', 4)).toBe(3);
    clock.ms = 249;
    expect(denied('A', 4)).toBe(3);
    clock.ms = 250;
    expect(denied('A', 4)).toBeUndefined();
  });

  it('does not refuse for longer because the clock was set back', () => {
    const { clock, deny, denied } = remembering();
    clock.ms = 10_000;
    deny('A', 0);
    clock.ms = 9_000;
    expect(denied('A', 1)).toBeUndefined();
  });

  it('forgets what it knew of a SKU when units came back', () => {
    const { counts, seen, deny, denied } = remembering();
    counts.learn([{ ...counters, available: 0 }]);
    deny('A', 0);
    counts.forget([shard]);
    expect(denied('A', 1)).toBeUndefined();
    expect(seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('knows a plan for five seconds', () => {
    const { clock, plans, plan } = remembering();
    plans.learn(plan);
    clock.ms = 4_999;
    expect(plans.get('A')).toBe(plan);
    clock.ms = 5_000;
    expect(plans.get('A')).toBeUndefined();
  });

  it('is bounded, whatever is sold', () => {
    const { deny, denied } = remembering();
    for (let sku = 0; sku < 30_000; sku++) deny(`SKU-${sku}`, 0);
    expect(denied('SKU-0', 1)).toBeUndefined();
    expect(denied('SKU-29999', 1)).toBe(0);
  });
});
