import { describe, expect, it } from 'vitest';
import {
  insufficientIn,
  maxSnapshotShards,
  type Snapshot,
  showsReturns,
  showsWhere,
  snapshotOf,
  unitsInSnapshot,
} from '../../../../../functions/inventory/availability/domain/snapshot.ts';
import { planWith, type ShardCounters } from '../../../../../functions/inventory/sharding/index.ts';

const never = Number.NEGATIVE_INFINITY;
const looked = 1_000_000;

function shard(number: number, available: number, more: Partial<ShardCounters> = {}): ShardCounters {
  const counts = { reserved: 0, shipped: 0, received: available, movedIn: 0, movedOut: 0, credits: 1, journal: [] };
  return { location: 'W1', sku: 'A', shard: number, available, ...counts, ...more };
}

const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  ...{ sku: 'A', at: looked, units: 0, free: [], credits: 1, creditsChangedAt: 0 },
  ...more,
});

const insufficient = (shown: Snapshot, moment: { nowMs: number; arrivedAt?: number; credited?: number }) =>
  insufficientIn([shown], new Map([['A', 1]]), {
    nowMs: moment.nowMs,
    arrivedAt: moment.arrivedAt ?? looked + 1,
    creditedAt: () => moment.credited ?? never,
  }).length > 0;

describe('a refusal by a snapshot', () => {
  it('needs a look that began less than a quarter of a second ago', () => {
    expect(insufficient(snapshot(), { nowMs: looked + 249 })).toBe(true);
    expect(insufficient(snapshot(), { nowMs: looked + 250 })).toBe(false);
  });

  it('needs a look that showed too little', () => {
    expect(insufficient(snapshot({ units: 1 }), { nowMs: looked })).toBe(false);
  });

  it('needs a look that began after the buyer came, for two seconds after units came back', () => {
    const returned = snapshot({ creditsChangedAt: looked - 1_900 });
    expect(insufficient(returned, { nowMs: looked + 99, arrivedAt: looked + 1 })).toBe(false);
    expect(insufficient(returned, { nowMs: looked + 99, arrivedAt: looked })).toBe(true);
    expect(insufficient(returned, { nowMs: looked + 100, arrivedAt: looked + 1 })).toBe(true);
  });

  it('needs a look that began after this process itself gave units back', () => {
    expect(insufficient(snapshot(), { nowMs: looked + 10, credited: looked + 5 })).toBe(false);
    expect(insufficient(snapshot(), { nowMs: looked + 10, credited: looked })).toBe(true);
  });

  it('is not believed from a clock that is far ahead', () => {
    expect(insufficient(snapshot(), { nowMs: looked - 50 })).toBe(true);
    expect(insufficient(snapshot(), { nowMs: looked - 51 })).toBe(false);
  });
});

describe('a hint by a snapshot', () => {
  it('is taken while it is fresh, and for two seconds unless it was found wrong', () => {
    expect(showsWhere(snapshot(), looked + 99, looked + 50)).toBe(true);
    expect(showsWhere(snapshot(), looked + 100, looked + 50)).toBe(false);
    expect(showsWhere(snapshot(), looked + 1_999, looked - 1)).toBe(true);
    expect(showsWhere(snapshot(), looked + 2_000, never)).toBe(false);
  });

  it('says of every shard what it has, if it names all that have any', () => {
    const plan = planWith(undefined, 'A', 'W1', 3);
    const all = snapshotOf('A', looked, [shard(0, 0), shard(1, 7), shard(2, 0)], undefined);
    expect([...unitsInSnapshot(all, plan)].sort()).toEqual([
      ['W1#A#0', 0],
      ['W1#A#1', 7],
      ['W1#A#2', 0],
    ]);
    const many = Array.from({ length: maxSnapshotShards + 1 }, (_, index) => shard(index, index + 1));
    const some = snapshotOf('A', looked, many, undefined);
    expect(some.units).toBe((61 * 62) / 2);
    expect(unitsInSnapshot(some, planWith(undefined, 'A', 'W1', 80)).size).toBe(maxSnapshotShards);
    expect(unitsInSnapshot(some, plan).has('W1#A#0')).toBe(false);
  });

  it('leaves closed shards and other SKUs out', () => {
    const shown = snapshotOf(
      'A',
      looked,
      [shard(0, 3), shard(1, 5, { closedTo: 1 }), shard(0, 9, { sku: 'B' })],
      undefined,
    );
    expect(shown).toMatchObject({ units: 3, free: [{ location: 'W1', shard: 0, available: 3 }], credits: 2 });
  });
});

describe('units that come back', () => {
  it('are noticed by the sum of credits, from one look to the next', () => {
    const first = snapshotOf('A', looked, [shard(0, 0)], undefined);
    expect(showsReturns(first, looked)).toBe(false);
    const same = snapshotOf('A', looked + 100, [shard(0, 0)], first);
    expect(showsReturns(same, looked + 100)).toBe(false);
    const returned = snapshotOf('A', looked + 200, [shard(0, 1, { credits: 2 })], same);
    expect(returned.creditsChangedAt).toBe(looked + 200);
    const later = snapshotOf('A', looked + 300, [shard(0, 0, { credits: 2 })], returned);
    expect(showsReturns(later, looked + 300)).toBe(true);
    expect(showsReturns(later, looked + 2_200)).toBe(false);
  });

  it("long before the last look are nobody's any more", () => {
    const old = snapshotOf('A', looked, [shard(0, 0)], undefined);
    const returned = snapshotOf('A', looked + 2_000, [shard(0, 0, { credits: 2 })], old);
    expect(showsReturns(returned, looked + 2_000)).toBe(false);
  });
});
