import { describe, expect, it } from 'vitest';
import {
  eventOfLevel,
  eventOfRecord,
  type LevelChange,
  levelAt,
  levelChange,
} from '../../../../../functions/inventory/availability/domain/level-change.ts';
import type { LedgerRecord } from '../../../../../functions/inventory/sharding/commands/stock-table.ts';
import { toInstant } from '../../../../../functions/shared/kernel/time.ts';

const at = toInstant(0);
const told = (level: LevelChange['level'], sequence = 4): LevelChange => ({
  ...{ sku: 'MUG', before: 'ok', level, sequence, available: 1, lowAt: 3, at },
});
const change = (before: LevelChange | undefined, available: number, lowAt = 3) =>
  levelChange(before, { sku: 'MUG', available, lowAt }, at);

describe('the level of a SKU', () => {
  it('is low at or below what staff says, and depleted when nothing is for sale', () => {
    expect([4, 3, 1, 0].map((units) => levelAt(units, 3))).toEqual(['ok', 'low', 'low', 'depleted']);
    expect([1, 0].map((units) => levelAt(units, 0))).toEqual(['ok', 'depleted']);
  });

  it('is no news while it stays, nor when it is fine from the beginning', () => {
    expect(change(undefined, 10)).toBeUndefined();
    expect(change(told('low'), 2)).toBeUndefined();
    expect(change(told('depleted'), 0)).toBeUndefined();
  });

  it('is counted from 1, without gaps', () => {
    expect(change(undefined, 0)).toMatchObject({ sequence: 1, before: 'ok', level: 'depleted' });
    expect(change(told('depleted', 1), 9)).toMatchObject({ sequence: 2, before: 'depleted', level: 'ok' });
  });

  it.each([
    ['ok', 'low', 'StockLow', { available: 1, lowAt: 3 }],
    ['ok', 'depleted', 'StockDepleted', { before: 'ok' }],
    ['low', 'depleted', 'StockDepleted', { before: 'low' }],
    ['depleted', 'low', 'StockReplenished', { available: 1, level: 'low', before: 'depleted' }],
    ['depleted', 'ok', 'StockReplenished', { available: 1, level: 'ok', before: 'depleted' }],
    ['low', 'ok', 'StockReplenished', { available: 1, level: 'ok', before: 'low' }],
  ] as const)('from %s to %s is %s', (before, level, type, data) => {
    expect(eventOfLevel({ ...told(level), before })).toEqual({
      ...{ eventId: 'stock:MUG:4', type, version: 1, sku: 'MUG', sequence: 4, occurredAt: at, data },
    });
  });
});

describe('a record of the ledger', () => {
  const record = (kind: LedgerRecord['kind'], body: LedgerRecord['body']) =>
    eventOfRecord({ kind, id: 'x-1', sku: 'MUG', at, body });

  it('is told under an id of its own kind, so that a receipt and a move of the same id are two events', () => {
    expect(record('receipt', { location: 'BER', quantity: 5 })).toEqual({
      ...{ eventId: 'stock:receipt:x-1', type: 'StockReceived', version: 1, sku: 'MUG', occurredAt: at },
      data: { receiptId: 'x-1', location: 'BER', quantity: 5 },
    });
    expect(record('move', { from: 'BER', to: 'VIE', quantity: 5, note: 'inside' })).toMatchObject({
      ...{ eventId: 'stock:move:x-1', type: 'StockMoved' },
      data: { moveId: 'x-1', from: 'BER', to: 'VIE', quantity: 5 },
    });
  });

  it('is an adjustment whether somebody adjusted or counted', () => {
    expect(record('adjustment', { location: 'BER', quantity: -2, reason: 'damage', note: 'fell' })).toMatchObject({
      type: 'StockAdjusted',
      data: { adjustmentId: 'x-1', kind: 'adjustment', location: 'BER', change: -2, reason: 'damage' },
    });
    expect(record('count', { location: 'BER', counted: 8, delta: 3 }).data).toEqual({
      ...{ adjustmentId: 'x-1', kind: 'count', location: 'BER', change: 3 },
    });
  });
});
