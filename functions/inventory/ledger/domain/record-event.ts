import type { StockEnvelope } from '../../../../events/envelope.ts';
import { type LedgerRecord, receiptIdIn } from './ledger-record.ts';

/** The event of a ledger record. The caller checks its data against the event's schema. */
export function eventOfRecord({ kind, id, sku, at, body }: LedgerRecord): StockEnvelope {
  return { eventId: `stock:${kind}:${id}`, ...recordEvent(kind, id, body), version: 1, sku, occurredAt: at };
}

function recordEvent(kind: LedgerRecord['kind'], id: string, body: LedgerRecord['body']) {
  const { location, quantity, from, to, reason, delta } = body;
  switch (kind) {
    case 'receipt':
      return { type: 'StockReceived', data: { receiptId: receiptIdIn(id), location, quantity } };
    case 'move':
      return { type: 'StockMoved', data: { moveId: id, from, to, quantity } };
    case 'count':
      return { type: 'StockAdjusted', data: { adjustmentId: id, kind, location, change: delta } };
    case 'adjustment':
      return { type: 'StockAdjusted', data: { adjustmentId: id, kind, location, change: quantity, reason } };
  }
}
