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

/** More receipts, because orders wait for them. */
const backorderKinds = [
  ...kinds,
  'receive',
  'receive',
  'release',
  'set backorder',
  'set backorder',
  'walk',
  'walk',
] as const;

export type HappeningKind = (typeof backorderKinds)[number];

/** One operation. Everything else about it follows from its own seed, so that a story can be cut anywhere. */
export interface Happening {
  readonly kind: HappeningKind;
  readonly seed: number;
}

/** A story of a few SKUs. */
export interface StockStory {
  readonly seed: number;
  /** Whether there is little stock and orders may wait for more. */
  readonly backorders: boolean;
  readonly happenings: readonly Happening[];
}

const seed = fc.noShrink(fc.nat(2 ** 31));

export function stockStory(length: number, { backorders = false } = {}): fc.Arbitrary<StockStory> {
  const each = backorders ? backorderKinds : kinds;
  const happening = fc.tuple(fc.noShrink(fc.nat(each.length - 1)), seed);
  return fc
    .record({ seed, happenings: fc.array(happening, { minLength: 1, maxLength: length, size: 'max' }) })
    .map(({ happenings, ...story }) => ({
      ...story,
      backorders,
      happenings: happenings.map(([kind, own]) => ({ kind: each[kind] as HappeningKind, seed: own })),
    }));
}

/** The operations of a story as text, for the analysis of a failure. */
export function describeStory({ seed: own, backorders, happenings }: StockStory): string {
  return `story ${own}${backorders ? ' with backorders' : ''}: ${happenings.map(({ kind, seed: each }) => `${kind} (${each})`).join(', ')}`;
}
