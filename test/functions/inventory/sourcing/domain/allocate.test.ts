import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../../../../functions/inventory/sourcing/domain/allocate.ts';
import {
  bestLocations,
  fills,
  greedyChoice,
} from '../../../../../functions/inventory/sourcing/domain/choose-locations.ts';
import type { StockView } from '../../../../../functions/inventory/sourcing/domain/stock-view.ts';

type Stock = Record<string, Record<string, number[]>>;

/** SKU -> location -> units by shard; the locations' order is their priority. */
function viewOf(stock: Stock): StockView {
  return new Map(
    Object.entries(stock).map(([sku, locations]) => [
      sku,
      Object.entries(locations).map(([location, available], priority) => ({ location, priority, available })),
    ]),
  );
}

const line = (lineId: string, sku: string, quantity: number) => ({ lineId, sku, quantity });

const stocks: fc.Arbitrary<Stock> = fc.dictionary(
  fc.constantFrom('A', 'B', 'C'),
  fc.dictionary(fc.constantFrom('W1', 'W2', 'W3', 'W4'), fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }), {
    noNullPrototype: true,
  }),
  { noNullPrototype: true },
);
const wishes = fc
  .array(fc.record({ sku: fc.constantFrom('A', 'B', 'C'), quantity: fc.integer({ min: 1, max: 12 }) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((lines) => lines.map(({ sku, quantity }, index) => line(`${index}`, sku, quantity)));
const homes = fc.nat(1_000);

const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
const wantedOf = (lines: readonly { sku: string; quantity: number }[], sku: string) =>
  total(lines.filter((each) => each.sku === sku).map(({ quantity }) => quantity));
const thereIs = (stock: Stock, sku: string, locations: readonly string[]) =>
  total(locations.flatMap((location) => stock[sku]?.[location] ?? []));

/** Every set of the locations, each checked for whether it has everything. */
function fillingSets(stock: Stock, lines: readonly { sku: string; quantity: number }[]): string[][] {
  const all = [...new Set(Object.values(stock).flatMap((locations) => Object.keys(locations)))].sort();
  return Array.from({ length: 2 ** all.length }, (_, mask) =>
    all.filter((_, index) => (mask >> index) % 2 === 1),
  ).filter((set) => lines.every(({ sku }) => thereIs(stock, sku, set) >= wantedOf(lines, sku)));
}

describe('allocating an order', () => {
  it('takes exactly the wanted units, and from no shard more than it has', () => {
    fc.assert(
      fc.property(stocks, wishes, homes, (stock, lines, home) => {
        const choice = allocate(lines, viewOf(stock), home);
        if ('insufficient' in choice) return;
        for (const { lineId, sku, quantity } of lines) {
          const mine = choice.parts.filter((part) => part.lineId === lineId);
          expect(total(mine.map((part) => part.quantity))).toBe(quantity);
          expect(new Set(mine.map((part) => part.sku))).toEqual(new Set([sku]));
        }
        const taken = new Map<string, number>();
        for (const { sku, location, shard, quantity } of choice.parts) {
          expect(quantity).toBeGreaterThan(0);
          const name = `${sku} ${location} ${shard}`;
          taken.set(name, (taken.get(name) ?? 0) + quantity);
          expect(taken.get(name)).toBeLessThanOrEqual(stock[sku]?.[location]?.[Number(shard)] ?? 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses exactly when some SKU has too few units, and names it', () => {
    fc.assert(
      fc.property(stocks, wishes, homes, (stock, lines, home) => {
        const choice = allocate(lines, viewOf(stock), home);
        const everywhere = Object.values(stock).flatMap((locations) => Object.keys(locations));
        const insufficient = [...new Set(lines.map(({ sku }) => sku))]
          .map((sku) => ({
            sku,
            wanted: wantedOf(lines, sku),
            available: thereIs(stock, sku, [...new Set(everywhere)]),
          }))
          .filter(({ wanted, available }) => available < wanted);
        expect('insufficient' in choice ? choice.insufficient : []).toEqual(insufficient);
      }),
      { numRuns: 500 },
    );
  });

  it('uses the fewest locations that can fill the order', () => {
    fc.assert(
      fc.property(stocks, wishes, homes, (stock, lines, home) => {
        const choice = allocate(lines, viewOf(stock), home);
        if ('insufficient' in choice) return;
        const fewest = Math.min(...fillingSets(stock, lines).map((set) => set.length));
        expect(new Set(choice.parts.map((part) => part.location)).size).toBe(fewest);
      }),
      { numRuns: 500 },
    );
  });

  it('chooses the locations by the rule, whatever the home shard', () => {
    fc.assert(
      fc.property(stocks, wishes, homes, homes, (stock, lines, one, other) => {
        const [first, second] = [one, other].map((home) => allocate(lines, viewOf(stock), home));
        const places = (choice: typeof first) =>
          choice !== undefined && 'parts' in choice
            ? new Set(choice.parts.map((part) => part.location))
            : 'insufficient';
        expect(places(first)).toEqual(places(second));
      }),
    );
  });

  it.each([
    [
      'the first location that has the whole order',
      { A: { W1: [3], W2: [9] }, B: { W1: [9], W2: [9] } },
      [4, 1],
      ['W2'],
    ],
    ['the higher priority of two that have it', { A: { W1: [9], W2: [99] }, B: { W1: [1], W2: [99] } }, [4, 1], ['W1']],
    [
      'two locations when no single one has it',
      { A: { W1: [3], W2: [3] }, B: { W1: [1], W2: [1] } },
      [5, 1],
      ['W1', 'W2'],
    ],
    ['two rather than three', { A: { W1: [2], W2: [2], W3: [4] }, B: { W1: [1], W2: [1] } }, [6, 1], ['W1', 'W3']],
  ])('takes %s', (_, stock, [a = 0, b = 0], locations) => {
    const choice = allocate([line('1', 'A', a), line('2', 'B', b)], viewOf(stock as unknown as Stock), 0);
    expect('parts' in choice && [...new Set(choice.parts.map((part) => part.location))].sort()).toEqual(locations);
  });

  it('begins at the home shard and never takes one that has too little', () => {
    const view = viewOf({ A: { W1: [5, 5, 0, 5] } });
    const shardFrom = (home: number) => {
      const choice = allocate([line('1', 'A', 2)], view, home);
      return 'parts' in choice ? choice.parts.map((part) => part.shard) : [];
    };
    expect([0, 1, 3, 4].map(shardFrom)).toEqual([[0], [1], [3], [0]]);
    const fromTheEmptyOne = new Set([2, 6, 10, 14, 18, 22, 26, 30].flatMap(shardFrom));
    expect([...fromTheEmptyOne].sort()).toEqual([0, 1, 3]);
  });

  it('takes from as few shards as possible when no single one has enough', () => {
    const choice = allocate([line('1', 'A', 9)], viewOf({ A: { W1: [1, 4, 1, 6, 3] } }), 0);
    expect('parts' in choice && choice.parts.map(({ shard, quantity }) => [shard, quantity])).toEqual([
      [3, 6],
      [1, 3],
    ]);
  });

  it('assumes that shards that were not read have units', () => {
    const view = viewOf({ A: { W1: [0, Number.POSITIVE_INFINITY, 0] } });
    expect(allocate([line('1', 'A', 10_000)], view, 0)).toMatchObject({
      parts: [{ lineId: '1', sku: 'A', location: 'W1', shard: 1, quantity: 10_000 }],
    });
  });
});

describe('choosing among many locations', () => {
  const many = (units: readonly number[]) =>
    units.map((each, index) => ({ location: `W${index}`, units: new Map([['A', each]]) }));

  it('gives the best answer in time where trying all sets would not end', () => {
    const candidates = many(Array.from({ length: 40 }, (_, index) => 10 + (index % 7)));
    const { chosen = [] } = bestLocations(new Map([['A', 300]]), candidates) ?? {};
    expect(fills(new Map([['A', 300]]), chosen)).toBe(true);
    expect(chosen.length).toBe(21);
  });

  it('never takes a location that is not needed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        (units, wanted) => {
          const order = new Map([['A', wanted]]);
          const candidates = many(units);
          if (!fills(order, candidates)) return;
          const chosen = greedyChoice(order, candidates);
          expect(fills(order, chosen)).toBe(true);
          for (const one of chosen)
            expect(
              fills(
                order,
                chosen.filter((each) => each !== one),
              ),
            ).toBe(false);
        },
      ),
    );
  });
});
