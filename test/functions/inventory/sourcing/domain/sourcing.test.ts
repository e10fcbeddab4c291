import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisteredLocation } from '../../../../../functions/inventory/locations/domain/location.ts';
import { allocate, type SourcingTerms } from '../../../../../functions/inventory/sourcing/domain/allocate.ts';
import { bestLocations, type Together } from '../../../../../functions/inventory/sourcing/domain/choose-locations.ts';
import { distancesTo, greatCircleKm } from '../../../../../functions/inventory/sourcing/domain/distance.ts';
import { type StockView, viewOf } from '../../../../../functions/inventory/sourcing/domain/stock-view.ts';
import { sourcingFrom, sourcingText } from '../../../../../functions/shared/sourcing-text.ts';

const skus = ['A', 'B', 'C'];
const units = fc.dictionary(fc.constantFrom(...skus), fc.nat(6), { noNullPrototype: true });
const orders = fc
  .dictionary(fc.constantFrom(...skus), fc.integer({ min: 1, max: 12 }), { noNullPrototype: true, minKeys: 1 })
  .map((wanted) => new Map(Object.entries(wanted)));
const candidateSets = fc
  .array(units, { minLength: 1, maxLength: 7 })
  .map((all) => all.map((each, index) => ({ location: `W${index}`, units: new Map(Object.entries(each)) })));
const wishes = fc.record({ whole: fc.subarray(skus).map((each) => new Set(each)), single: fc.boolean() });
type Candidates = typeof candidateSets extends fc.Arbitrary<infer T> ? T : never;

/** The rule by brute force: all sets, small ones first, and among equals by the positions of their members. */
function fillingSets(wanted: Map<string, number>, candidates: Candidates, { whole, single }: Together): Candidates[] {
  const sets = Array.from({ length: 2 ** candidates.length }, (_, mask) =>
    candidates.filter((_, index) => (mask >> index) % 2 === 1),
  );
  const places = (set: Candidates) => set.map((each) => candidates.indexOf(each)).join();
  return sets
    .filter((set) => !single || set.length === 1)
    .filter((set) =>
      [...wanted].every(([sku, quantity]) => {
        const there = set.map((each) => each.units.get(sku) ?? 0);
        return whole.has(sku)
          ? there.some((each) => each >= quantity)
          : there.reduce((sum, each) => sum + each, 0) >= quantity;
      }),
    )
    .sort((a, b) => a.length - b.length || (places(a) < places(b) ? -1 : 1));
}

const names = (set: readonly { location: string }[] | undefined) => set?.map(({ location }) => location);

describe('the sourcing rule', () => {
  it('takes the set that trying all sets finds, and reports the next best of that size', () => {
    fc.assert(
      fc.property(orders, candidateSets, wishes, (wanted, candidates, together) => {
        const [best, second] = fillingSets(wanted, candidates, together);
        const choice = bestLocations(wanted, candidates, together);
        expect(names(choice?.chosen)).toEqual(names(best));
        if (best !== undefined) {
          expect(names(choice?.runnerUp)).toEqual(second?.length === best.length ? names(second) : undefined);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds the fewest of five hundred locations for an order of one SKU, and the first of those', () => {
    const candidates = Array.from({ length: 500 }, (_, index) => {
      return { location: `W${index}`, units: new Map([['A', index % 100]]) };
    });
    // 99 + 99 + 99 + 3: of the sets of four the one whose members come first.
    const choice = bestLocations(new Map([['A', 300]]), candidates);
    expect(names(choice?.chosen)).toEqual(['W3', 'W99', 'W199', 'W299']);
    expect(bestLocations(new Map([['A', 99 * 5 + 98 * 5 + 97 * 5]]), candidates)?.chosen).toHaveLength(15);
  });

  it('gives a good answer in time for many SKUs that are scattered over many locations', () => {
    const candidates = Array.from({ length: 200 }, (_, index) => {
      const units = new Map(
        Array.from({ length: 40 }, (_, sku) => [`S${sku}`, (index * 7 + sku * 13) % 5 === 0 ? 1 : 0]),
      );
      return { location: `W${index}`, units };
    });
    const wanted = new Map(Array.from({ length: 40 }, (_, sku) => [`S${sku}`, 7]));
    const { chosen = [] } = bestLocations(wanted, candidates) ?? {};
    for (const [sku, quantity] of wanted) {
      const there = chosen.reduce((sum, each) => sum + (each.units.get(sku) ?? 0), 0);
      expect(there).toBeGreaterThanOrEqual(quantity);
    }
    expect(chosen.length).toBeLessThanOrEqual(40);
  });
});

const place = (location: string, changes: Partial<RegisteredLocation> = {}): RegisteredLocation => {
  return { location, country: 'DE', priority: 100, active: true, ...changes };
};
const berlin = { country: 'DE', postalCode: '10115', latitude: 52.52, longitude: 13.4 };
const vienna = { country: 'AT', postalCode: '1010', latitude: 48.21, longitude: 16.37 };
const munich = { country: 'DE', postalCode: '80331', latitude: 48.14, longitude: 11.58 };

/** One SKU `A`: units by location, in the order of arrival, and what the registry says. */
function view(stock: Record<string, number>, places: RegisteredLocation[] = [], splitLines = true): StockView {
  const locations = Object.keys(stock).map((location, priority) => ({ location, shards: 1, priority }));
  const plan = { sku: 'A', locations, path: 'T', revision: 1, splitLines } as const;
  const units = new Map(Object.entries(stock).map(([location, available]) => [`${location}#A#0`, available]));
  return viewOf([plan], units, 0, new Map(places.map((each) => [each.location, each])));
}

function source(quantity: number, stock: StockView, terms: SourcingTerms = {}) {
  const choice = allocate([{ lineId: '1', sku: 'A', quantity }], stock, 0, terms);
  if ('insufficient' in choice) throw new Error(JSON.stringify(choice.insufficient));
  return choice.sourcing;
}

describe('distance', () => {
  it('is that of the great circle', () => {
    expect(greatCircleKm(berlin, vienna)).toBeGreaterThan(515);
    expect(greatCircleKm(berlin, vienna)).toBeLessThan(530);
    expect(greatCircleKm({ latitude: 0, longitude: 179 }, { latitude: 0, longitude: -179 })).toBe(222);
    expect(greatCircleKm({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 0 })).toBe(20_015);
    expect(greatCircleKm(berlin, berlin)).toBe(0);
  });

  it('is measured to the location that shares the postal area', () => {
    const places = [place('BER', berlin), place('MUC', munich), place('VIE', vienna)];
    const toMunich = distancesTo({ country: 'DE', postalArea: '803' }, places);
    expect(toMunich.get('MUC')).toBe(0);
    expect(toMunich.get('BER')).toBe(greatCircleKm(munich, berlin));
    const spaced = place('LON', { country: 'GB', postalCode: 'e1 6an', latitude: 51.5, longitude: -0.1 });
    expect(distancesTo({ country: 'GB', postalArea: 'E1 ' }, [spaced]).get('LON')).toBe(0);
  });

  it('is measured to the center of the country where no location is near, never to another country', () => {
    const places = [place('VIE', vienna), place('BER', berlin)];
    const inGermany = distancesTo({ country: 'DE', postalArea: '701' }, places);
    expect(inGermany.get('BER')).toBeGreaterThan(200);
    expect(inGermany.get('BER')).toBeLessThan(300);
    // 101 is the beginning of a postal code of Vienna too.
    expect(distancesTo({ country: 'AT', postalArea: '101' }, places).get('VIE')).toBe(0);
    expect(distancesTo({ country: 'DE', postalArea: '101' }, places).get('BER')).toBe(0);
  });

  it('is unknown to a country that is not in the table, and from a location without coordinates', () => {
    expect(distancesTo({ country: 'XX', postalArea: '1' }, [place('BER', berlin)])).toEqual(new Map());
    expect(distancesTo({ country: 'DE', postalArea: '1' }, [place('BER')])).toEqual(new Map());
    expect(distancesTo(undefined, [place('BER', berlin)])).toEqual(new Map());
  });
});

describe('the recorded sourcing of an order', () => {
  const toBerlin = { destination: { country: 'DE', postalArea: '101' } };

  it('names the single location without an alternative', () => {
    expect(source(2, view({ W1: 2, W2: 1, W3: 0 }))).toEqual({
      candidates: [
        { location: 'W1', priority: 10_000, fills: 'all' },
        { location: 'W2', priority: 10_001, fills: 'part' },
        { location: 'W3', priority: 10_002, fills: 'none' },
      ],
      chosen: ['W1'],
      rule: 'only_choice',
    });
  });

  it('names the priority that decided between two; registered locations come before unregistered ones', () => {
    const stock = { W1: 5, W2: 5, W3: 5 };
    const places = [place('W3', { priority: 20 }), place('W2', { priority: 10 })];
    expect(source(2, view(stock, places))).toMatchObject({
      candidates: [
        { location: 'W2', priority: 10, fills: 'all' },
        { location: 'W3', priority: 20, fills: 'all' },
        { location: 'W1', priority: 10_000, fills: 'all' },
      ],
      chosen: ['W2'],
      rule: 'single_location',
      tieBreak: 'priority',
    });
  });

  it('names the distance among locations of the same priority; an unknown distance comes last', () => {
    const places = [place('W1'), place('W2', vienna), place('W3', berlin)];
    expect(source(2, view({ W1: 5, W2: 5, W3: 5 }, places), toBerlin)).toMatchObject({
      candidates: [
        { location: 'W3', distanceKm: 0 },
        { location: 'W2', distanceKm: greatCircleKm(berlin, vienna) },
        { location: 'W1', priority: 100 },
      ],
      chosen: ['W3'],
      tieBreak: 'distance',
    });
    expect(source(2, view({ W1: 5, W2: 5, W3: 5 }, places))).toMatchObject({ chosen: ['W1'], tieBreak: 'order' });
  });

  it('names the priority before any distance', () => {
    const places = [place('W1', { ...berlin, priority: 20 }), place('W2', { ...vienna, priority: 10 })];
    expect(source(2, view({ W1: 5, W2: 5 }, places), toBerlin)).toMatchObject({ chosen: ['W2'], tieBreak: 'priority' });
  });

  it('names the number of locations before any priority', () => {
    const places = [place('W1', { priority: 1 }), place('W2', { priority: 2 }), place('W3', { priority: 900 })];
    expect(source(4, view({ W1: 2, W2: 2, W3: 4 }, places))).toMatchObject({
      chosen: ['W3'],
      rule: 'single_location',
    });
    const few = source(6, view({ W1: 1, W2: 2, W3: 4, W4: 4 }, places));
    expect(few).toMatchObject({ chosen: ['W2', 'W3'], rule: 'fewest_locations', tieBreak: 'priority' });
  });

  it('says that the units were not read', () => {
    const unseen = view({ W1: Number.POSITIVE_INFINITY, W2: 5 });
    expect(source(5, unseen).candidates.map(({ fills }) => fills)).toEqual(['assumed', 'all']);
  });

  it('has at most twenty candidates, including the chosen ones', () => {
    const stock = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`W${index}`, index === 59 ? 9 : 1]));
    const sourcing = source(9, view(stock));
    expect(sourcing.candidates).toHaveLength(20);
    expect(sourcing).toMatchObject({ chosen: ['W59'], rule: 'single_location' });
    expect(names(sourcing.candidates)).toContain('W59');
  });

  it('is the same after it was stored', () => {
    const places = [place('W1'), place('W2', vienna), place('W3', { ...berlin, priority: 7 })];
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        (all, wanted) => {
          const stock = view(Object.fromEntries(all.map((each, index) => [`W${index + 1}`, each])), places);
          const choice = allocate([{ lineId: '1', sku: 'A', quantity: wanted }], stock, 0, toBerlin);
          if ('insufficient' in choice) return;
          expect(sourcingFrom(sourcingText(choice.sourcing))).toEqual(choice.sourcing);
        },
      ),
    );
    expect(() => sourcingFrom('x;;')).toThrow('no sourcing');
  });
});

describe('an order or a line that may not be split', () => {
  const insufficient = (quantity: number, stock: StockView, terms: SourcingTerms = {}) =>
    allocate([{ lineId: '1', sku: 'A', quantity }], stock, 0, terms);

  it('is served from one location or not at all', () => {
    const whole = { allowSplitShipments: false };
    expect(source(3, view({ W1: 2, W2: 3 }), whole)).toMatchObject({ chosen: ['W2'], rule: 'only_choice' });
    const apart = { insufficient: [{ sku: 'A', wanted: 4, available: 5, apart: true }] };
    expect(insufficient(4, view({ W1: 2, W2: 3 }), whole)).toEqual(apart);
    expect(insufficient(4, view({ W1: 2, W2: 3 }, [], false))).toEqual(apart);
    expect(insufficient(6, view({ W1: 2, W2: 3 }), whole)).toEqual({
      insufficient: [{ sku: 'A', wanted: 6, available: 5 }],
    });
  });

  it('leaves other lines free to come from elsewhere', () => {
    const shards = (available: number) => ({ priority: 0, available: [available] });
    const stock: StockView = new Map([
      [
        'A',
        [
          { location: 'W1', ...shards(3), whole: true },
          { location: 'W2', ...shards(2), whole: true },
        ],
      ],
      ['B', [{ location: 'W2', ...shards(9) }]],
    ]);
    const lines = [
      { lineId: '1', sku: 'A', quantity: 2 },
      { lineId: '2', sku: 'A', quantity: 1 },
      { lineId: '3', sku: 'B', quantity: 1 },
    ];
    const choice = allocate(lines, stock, 0);
    const from = 'parts' in choice ? choice.parts.map(({ lineId, location }) => `${lineId} ${location}`) : [];
    expect(from).toEqual(['1 W1', '2 W1', '3 W2']);
  });

  it('is not served from a location that is inactive', () => {
    const closed = view({ W1: 9, W2: 1 }, [place('W1', { active: false })]);
    expect(source(1, closed).chosen).toEqual(['W2']);
    expect(insufficient(2, closed)).toEqual({ insufficient: [{ sku: 'A', wanted: 2, available: 1 }] });
  });
});
