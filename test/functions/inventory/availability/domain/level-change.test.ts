import { describe, expect, it } from 'vitest';
import {
  eventOfLevel,
  type LevelChange,
  levelAt,
  levelChange,
} from '../../../../../functions/inventory/availability/domain/level-change.ts';
import { toInstant } from '../../../../../functions/shared/kernel/time.ts';

const at = toInstant(0);
const announced = (level: LevelChange['level'], sequence = 4): LevelChange => ({
  ...{ sku: 'MUG', before: 'ok', level, sequence, available: 1, lowAt: 3, at },
});
const change = (before: LevelChange | undefined, available: number, lowAt = 3) =>
  levelChange(before, { sku: 'MUG', available, lowAt }, at);

describe('the level of a SKU', () => {
  it('is low at or below the threshold, and depleted when nothing is for sale', () => {
    expect([4, 3, 1, 0].map((units) => levelAt(units, 3))).toEqual(['ok', 'low', 'low', 'depleted']);
    expect([1, 0].map((units) => levelAt(units, 0))).toEqual(['ok', 'depleted']);
  });

  it('is not announced while it stays the same, nor when it is ok from the beginning', () => {
    expect(change(undefined, 10)).toBeUndefined();
    expect(change(announced('low'), 2)).toBeUndefined();
    expect(change(announced('depleted'), 0)).toBeUndefined();
  });

  it('is counted from 1, without gaps', () => {
    expect(change(undefined, 0)).toMatchObject({ sequence: 1, before: 'ok', level: 'depleted' });
    expect(change(announced('depleted', 1), 9)).toMatchObject({ sequence: 2, before: 'depleted', level: 'ok' });
  });

  it.each([
    ['ok', 'low', 'StockLow', { available: 1, lowAt: 3 }],
    ['ok', 'depleted', 'StockDepleted', { before: 'ok' }],
    ['low', 'depleted', 'StockDepleted', { before: 'low' }],
    ['depleted', 'low', 'StockReplenished', { available: 1, level: 'low', before: 'depleted' }],
    ['depleted', 'ok', 'StockReplenished', { available: 1, level: 'ok', before: 'depleted' }],
    ['low', 'ok', 'StockReplenished', { available: 1, level: 'ok', before: 'low' }],
  ] as const)('from %s to %s is %s', (before, level, type, data) => {
    expect(eventOfLevel({ ...announced(level), before })).toEqual({
      ...{ eventId: 'stock:MUG:4', type, version: 1, sku: 'MUG', sequence: 4, occurredAt: at, data },
    });
  });
});
