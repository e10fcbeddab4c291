import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadUnits } from '../../../../../functions/inventory/sharding/domain/shard-moves.ts';
import {
  allShardsOf,
  maxShards,
  planWith,
  type SkuPlan,
  shardsOf,
} from '../../../../../functions/inventory/sharding/domain/shard-plan.ts';

describe('the plan of a SKU', () => {
  it('begins with one location and grows by priority in the order of arrival', () => {
    const first = planWith(undefined, 'A', 'W2', 1);
    const second = planWith(first, 'A', 'W1', 3);
    expect(first).toEqual({
      sku: 'A',
      path: 'T',
      revision: 1,
      locations: [{ location: 'W2', shards: 1, priority: 0 }],
    });
    expect(second).toMatchObject({
      revision: 2,
      locations: [
        { location: 'W2', shards: 1, priority: 0 },
        { location: 'W1', shards: 3, priority: 1 },
      ],
    });
  });

  it('never loses a shard, because it may contain units', () => {
    const plan = planWith(planWith(undefined, 'A', 'W1', 8), 'A', 'W2', 1);
    expect(planWith(plan, 'A', 'W1', 2)).toBe(plan);
    expect(planWith(plan, 'A', 'W1', 9).locations).toEqual([
      { location: 'W1', shards: 9, priority: 0 },
      { location: 'W2', shards: 1, priority: 1 },
    ]);
  });

  it('keeps the number of its closed shards when it grows again, because they may still contain units', () => {
    const shrunk: SkuPlan = {
      sku: 'A',
      path: 'J',
      revision: 7,
      locations: [{ location: 'W1', shards: 2, mostShards: 8, priority: 0 }],
    };
    const grown = planWith(shrunk, 'A', 'W1', 3);
    expect(grown.locations).toEqual([{ location: 'W1', shards: 3, mostShards: 8, priority: 0 }]);
    expect(allShardsOf(grown)).toHaveLength(8);
  });

  it.each([0, -1, 1.5, maxShards + 1, Number.NaN])('refuses %s shards', (shards) => {
    expect(() => planWith(undefined, 'A', 'W1', shards)).toThrow(RangeError);
  });

  it('names every shard once', () => {
    const plan = planWith(planWith(undefined, 'A', 'W1', 3), 'A', 'W2', 2);
    expect(shardsOf(plan).map(({ location, shard }) => `${location}.${shard}`)).toEqual([
      'W1.0',
      'W1.1',
      'W1.2',
      'W2.0',
      'W2.1',
    ]);
  });
});

describe('spreading a receipt over shards', () => {
  it('puts every unit into a shard, evenly, and in no more parts than a transaction holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: maxShards }),
        fc.nat(maxShards),
        fc.integer({ min: 1, max: 98 }),
        (quantity, shards, start, maxParts) => {
          const parts = spreadUnits(quantity, shards, start % shards, maxParts);
          const units = parts.map((part) => part.quantity);
          expect(units.reduce((sum, each) => sum + each, 0)).toBe(quantity);
          expect(Math.max(...units) - Math.min(...units)).toBeLessThanOrEqual(1);
          expect(Math.min(...units)).toBeGreaterThan(0);
          expect(parts).toHaveLength(Math.min(quantity, shards, maxParts));
          expect(new Set(parts.map((part) => part.shard)).size).toBe(parts.length);
          for (const { shard } of parts) expect(shard).toBeLessThan(shards);
        },
      ),
    );
  });
});
