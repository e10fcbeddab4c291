import fc from 'fast-check';

/** The kinds of operations. Frequent ones are listed more than once. */
const kinds = [
  ...Array<'reserve'>(12).fill('reserve'),
  'reserve twice at once',
  'reserve twice at once',
  'confirm',
  'confirm',
  'confirm',
  'confirm',
  'release',
  'release',
  'release',
  'expire',
  'expire',
  'ship',
  'ship',
  'receive',
  'receive',
  'adjust',
  'move',
  'count',
  'keep safety stock',
  'grow',
  'merge',
  'prepare',
  'rebalance',
  'sweep',
  'sweep',
] as const;

export type HappeningKind = (typeof kinds)[number];

/** One operation. Everything else about it follows from its own seed, so that a story can be cut anywhere. */
export interface Happening {
  readonly kind: HappeningKind;
  readonly seed: number;
}

/** A story of a few SKUs. */
export interface StockStory {
  readonly seed: number;
  readonly happenings: readonly Happening[];
}

const seed = fc.noShrink(fc.nat(2 ** 31));
const happening = fc.tuple(fc.noShrink(fc.nat(kinds.length - 1)), seed);

export function stockStory(length: number): fc.Arbitrary<StockStory> {
  return fc
    .record({ seed, happenings: fc.array(happening, { minLength: 1, maxLength: length, size: 'max' }) })
    .map(({ happenings, ...story }) => ({
      ...story,
      happenings: happenings.map(([kind, each]) => ({ kind: kinds[kind] as HappeningKind, seed: each })),
    }));
}

/** The operations of a story as text, for the analysis of a failure. */
export function describeStory({ seed: own, happenings }: StockStory): string {
  return `story ${own}: ${happenings.map(({ kind, seed: each }) => `${kind} (${each})`).join(', ')}`;
}
