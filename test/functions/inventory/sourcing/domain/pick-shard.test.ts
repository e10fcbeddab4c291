import { describe, expect, it } from 'vitest';
import { pickShard } from '../../../../../functions/inventory/sourcing/domain/pick-shard.ts';

const homes = Array.from({ length: 20_000 }, (_, index) => (index * 7_919) % 65_536);

function shares(shards: readonly number[]): number[] {
  const counts = shards.map(() => 0);
  for (const home of homes) {
    const shard = pickShard(shards, 1, home);
    if (shard !== undefined) counts[shard] = (counts[shard] ?? 0) + 1;
  }
  return counts.map((count) => count / homes.length);
}

describe('picking a shard', () => {
  it('takes the home shard while that has enough', () => {
    expect(pickShard([5, 9, 9], 5, 3)).toBe(0);
    expect(pickShard([5, Number.POSITIVE_INFINITY, 9], 5, 4)).toBe(1);
  });

  it('never picks a shard that has too little', () => {
    for (const home of homes.slice(0, 500)) expect(pickShard([0, 2, 3, 2], 3, home)).toBe(2);
    expect(pickShard([0, 2, 2], 3, 7)).toBeUndefined();
    expect(pickShard([], 1, 7)).toBeUndefined();
  });

  it('picks the same shard again for the same home', () => {
    const shards = [0, 4, 4, 4, 4, 4, 4];
    for (const home of [0, 7, 70, 700]) expect(pickShard(shards, 1, home)).toBe(pickShard(shards, 1, home));
  });

  it('spreads processes whose home shards are empty in proportion to the units, and not to the next shard', () => {
    const [, , , , few = 0, many = 0] = shares([0, 0, 0, 0, 10, 30]);
    // One home in six is shard 4 itself, another is shard 5; the other homes draw one of the two in the proportion one
    // to three.
    expect(few).toBeCloseTo(1 / 6 + (4 / 6) * (1 / 4), 1);
    expect(many).toBeCloseTo(1 / 6 + (4 / 6) * (3 / 4), 1);
  });

  it('prefers known units to a shard that was not read', () => {
    const [, known = 0, unknown = 0] = shares([0, 99, Number.POSITIVE_INFINITY]);
    expect(known).toBeGreaterThan(unknown);
    expect(unknown).toBeGreaterThan(1 / 3);
  });
});
