import { describe, expect, it } from 'vitest';
import { ShortMemory } from '../../../../../functions/inventory/availability/commands/short-memory.ts';
import { planWith } from '../../../../../functions/inventory/sharding/domain/shard-plan.ts';

const shard = { location: 'W1', sku: 'A', shard: 0 };
const counters = {
  ...shard,
  ...{ available: 3, reserved: 0, shipped: 0, received: 3, movedIn: 0, movedOut: 0, credits: 1, journal: [] },
};

function remembering() {
  const clock = { ms: 0 };
  const memory = new ShortMemory(() => clock.ms);
  const plan = planWith(undefined, 'A', 'W1', 2);
  const seen = () => memory.view([plan]).get('A')?.[0]?.available;
  return { clock, memory, plan, seen };
}

describe('what a process remembers of the stock', () => {
  it('counts on a shard that it never saw', () => {
    expect(remembering().seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('keeps in step with its own sales, and forgets counts after a second', () => {
    const { clock, memory, seen } = remembering();
    memory.learnShards([counters]);
    memory.learnDebit(shard, 2);
    expect(seen()).toEqual([1, Number.POSITIVE_INFINITY]);
    clock.ms = 1_000;
    expect(seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('refuses what it saw to be too little for less than a quarter of a second, and admits nothing', () => {
    const { clock, memory } = remembering();
    memory.deny('A', 3);
    expect(memory.denied('A', 3)).toBeUndefined();
    expect(memory.denied('A', 4)).toBe(3);
    clock.ms = 249;
    expect(memory.denied('A', 4)).toBe(3);
    clock.ms = 250;
    expect(memory.denied('A', 4)).toBeUndefined();
  });

  it('does not refuse for longer because the clock was set back', () => {
    const { clock, memory } = remembering();
    clock.ms = 10_000;
    memory.deny('A', 0);
    clock.ms = 9_000;
    expect(memory.denied('A', 1)).toBeUndefined();
  });

  it('forgets what it knew of a SKU when units came back', () => {
    const { memory, seen } = remembering();
    memory.learnShards([{ ...counters, available: 0 }]);
    memory.deny('A', 0);
    memory.forget([shard]);
    expect(memory.denied('A', 1)).toBeUndefined();
    expect(seen()).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('knows a plan for five seconds', () => {
    const { clock, memory, plan } = remembering();
    memory.learnPlan(plan);
    clock.ms = 4_999;
    expect(memory.plan('A')).toBe(plan);
    clock.ms = 5_000;
    expect(memory.plan('A')).toBeUndefined();
  });

  it('is bounded, whatever is sold', () => {
    const { memory } = remembering();
    for (let sku = 0; sku < 30_000; sku++) memory.deny(`SKU-${sku}`, 0);
    expect(memory.denied('SKU-0', 1)).toBeUndefined();
    expect(memory.denied('SKU-29999', 1)).toBe(0);
  });
});
