import { describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../../../../functions/inventory/ledger/domain/ledger-record.ts';
import { eventOfRecord } from '../../../../../functions/inventory/ledger/domain/record-event.ts';
import { toInstant } from '../../../../../functions/shared/kernel/time.ts';

const at = toInstant(0);

describe('the event of a ledger record', () => {
  const record = (kind: LedgerRecord['kind'], body: LedgerRecord['body'], id = 'x-1') =>
    eventOfRecord({ kind, id, sku: 'MUG', at, body });

  it('has the kind in its id, so that a receipt and a move with the same id are two events', () => {
    expect(record('receipt', { location: 'BER', quantity: 5 })).toEqual({
      ...{ eventId: 'stock:receipt:x-1', type: 'StockReceived', version: 1, sku: 'MUG', occurredAt: at },
      data: { receiptId: 'x-1', location: 'BER', quantity: 5 },
    });
    expect(record('move', { from: 'BER', to: 'VIE', quantity: 5, note: 'inside' })).toMatchObject({
      ...{ eventId: 'stock:move:x-1', type: 'StockMoved' },
      data: { moveId: 'x-1', from: 'BER', to: 'VIE', quantity: 5 },
    });
  });

  it('has an id of its own for each further SKU of a delivery', () => {
    expect(record('receipt', { location: 'BER', quantity: 5 }, 'x-1#MUG')).toMatchObject({
      ...{ eventId: 'stock:receipt:x-1#MUG', data: { receiptId: 'x-1' } },
    });
  });

  it('is an adjustment for both adjustments and counts', () => {
    expect(record('adjustment', { location: 'BER', quantity: -2, reason: 'damage', note: 'fell' })).toMatchObject({
      type: 'StockAdjusted',
      data: { adjustmentId: 'x-1', kind: 'adjustment', location: 'BER', change: -2, reason: 'damage' },
    });
    expect(record('count', { location: 'BER', counted: 8, delta: 3 }).data).toEqual({
      ...{ adjustmentId: 'x-1', kind: 'count', location: 'BER', change: 3 },
    });
  });
});
