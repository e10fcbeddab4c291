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
const readAt = 1_000_000;

function shard(number: number, available: number, more: Partial<ShardCounters> = {}): ShardCounters {
  const counts = { reserved: 0, shipped: 0, received: available, movedIn: 0, movedOut: 0, credits: 1, journal: [] };
  return { location: 'W1', sku: 'A', shard: number, available, ...counts, ...more };
}

const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  ...{ sku: 'A', at: readAt, units: 0, free: [], credits: 1, creditsChangedAt: 0 },
  ...more,
});

const insufficient = (shown: Snapshot, moment: { nowMs: number; arrivedAt?: number; credited?: number }) =>
  insufficientIn([shown], new Map([['A', 1]]), {
    nowMs: moment.nowMs,
    arrivedAt: moment.arrivedAt ?? readAt + 1,
    creditedAt: () => moment.credited ?? never,
  }).length > 0;

describe('a refusal by a snapshot', () => {
  it('needs a read that began less than a quarter of a second ago', () => {
    expect(insufficient(snapshot(), { nowMs: readAt + 249 })).toBe(true);
    expect(insufficient(snapshot(), { nowMs: readAt + 250 })).toBe(false);
  });

  it('needs a read that showed too little', () => {
    expect(insufficient(snapshot({ units: 1 }), { nowMs: readAt })).toBe(false);
  });

  it('needs a read that began after the request arrived, for two seconds after units came back', () => {
    const returned = snapshot({ creditsChangedAt: readAt - 1_900 });
    expect(insufficient(returned, { nowMs: readAt + 99, arrivedAt: readAt + 1 })).toBe(false);
    expect(insufficient(returned, { nowMs: readAt + 99, arrivedAt: readAt })).toBe(true);
    expect(insufficient(returned, { nowMs: readAt + 100, arrivedAt: readAt + 1 })).toBe(true);
  });

  it('needs a read that began after this process itself gave units back', () => {
    expect(insufficient(snapshot(), { nowMs: readAt + 10, credited: readAt + 5 })).toBe(false);
    expect(insufficient(snapshot(), { nowMs: readAt + 10, credited: readAt })).toBe(true);
  });

  it('is not accepted from a clock that is far ahead', () => {
    expect(insufficient(snapshot(), { nowMs: readAt - 50 })).toBe(true);
    expect(insufficient(snapshot(), { nowMs: readAt - 51 })).toBe(false);
  });
});

describe('a hint by a snapshot', () => {
  it('is used while it is fresh, and for two seconds unless it was found wrong', () => {
    expect(showsWhere(snapshot(), readAt + 99, readAt + 50)).toBe(true);
    expect(showsWhere(snapshot(), readAt + 100, readAt + 50)).toBe(false);
    expect(showsWhere(snapshot(), readAt + 1_999, readAt - 1)).toBe(true);
    expect(showsWhere(snapshot(), readAt + 2_000, never)).toBe(false);
  });

  it('gives the units of every shard if it lists all that have any', () => {
    const plan = planWith(undefined, 'A', 'W1', 3);
    const all = snapshotOf('A', readAt, [shard(0, 0), shard(1, 7), shard(2, 0)], undefined);
    expect([...unitsInSnapshot(all, plan)].sort()).toEqual([
      ['W1#A#0', 0],
      ['W1#A#1', 7],
      ['W1#A#2', 0],
    ]);
    const many = Array.from({ length: maxSnapshotShards + 1 }, (_, index) => shard(index, index + 1));
    const some = snapshotOf('A', readAt, many, undefined);
    expect(some.units).toBe((61 * 62) / 2);
    expect(unitsInSnapshot(some, planWith(undefined, 'A', 'W1', 80)).size).toBe(maxSnapshotShards);
    expect(unitsInSnapshot(some, plan).has('W1#A#0')).toBe(false);
  });

  it('leaves closed shards and other SKUs out', () => {
    const shown = snapshotOf(
      'A',
      readAt,
      [shard(0, 3), shard(1, 5, { closedTo: 1 }), shard(0, 9, { sku: 'B' })],
      undefined,
    );
    expect(shown).toMatchObject({ units: 3, free: [{ location: 'W1', shard: 0, available: 3 }], credits: 2 });
  });
});

describe('units that come back', () => {
  it('are noticed by the sum of credits, from one read to the next', () => {
    const first = snapshotOf('A', readAt, [shard(0, 0)], undefined);
    expect(showsReturns(first, readAt)).toBe(false);
    const same = snapshotOf('A', readAt + 100, [shard(0, 0)], first);
    expect(showsReturns(same, readAt + 100)).toBe(false);
    const returned = snapshotOf('A', readAt + 200, [shard(0, 1, { credits: 2 })], same);
    expect(returned.creditsChangedAt).toBe(readAt + 200);
    const later = snapshotOf('A', readAt + 300, [shard(0, 0, { credits: 2 })], returned);
    expect(showsReturns(later, readAt + 300)).toBe(true);
    expect(showsReturns(later, readAt + 2_200)).toBe(false);
  });

  it('long before the last read are ignored', () => {
    const old = snapshotOf('A', readAt, [shard(0, 0)], undefined);
    const returned = snapshotOf('A', readAt + 2_000, [shard(0, 0, { credits: 2 })], old);
    expect(showsReturns(returned, readAt + 2_000)).toBe(false);
  });
});
