import type { StockEvent } from '../../../../events/catalog.ts';
import type { StockEnvelope } from '../../../../events/envelope.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { LedgerRecord } from '../../sharding/commands/stock-table.ts';

/** How much of a SKU is for sale, in the words of its events. */
export type Level = 'ok' | 'low' | 'depleted';

const rank: Readonly<Record<Level, number>> = { depleted: 0, low: 1, ok: 2 };

/** A change of a SKU's level, as it is told. */
export interface LevelChange {
  readonly sku: string;
  readonly before: Level;
  readonly level: Level;
  /** 1 for the first change of the SKU, and so on without gaps. */
  readonly sequence: number;
  readonly available: number;
  readonly lowAt: number;
  readonly at: Instant;
}

/** @param lowAt 0: never low before nothing is left. */
export function levelAt(available: number, lowAt: number): Level {
  if (available <= 0) return 'depleted';
  return available <= lowAt ? 'low' : 'ok';
}

/**
 * The change that has to be told, if any. A SKU of which nothing was told so far counts as `ok`: its first receipt is
 * news as a receipt alone. There is no hysteresis: a batch of the stream looks at a SKU once, so one that goes up and
 * down around the threshold is told of at most once in a batching window.
 */
export function levelChange(
  told: LevelChange | undefined,
  seen: { readonly sku: string; readonly available: number; readonly lowAt: number },
  at: Instant,
): LevelChange | undefined {
  const before = told?.level ?? 'ok';
  const level = levelAt(seen.available, seen.lowAt);
  return level === before ? undefined : { ...seen, before, level, sequence: (told?.sequence ?? 0) + 1, at };
}

/** A level that goes down is low or depleted; one that goes up, wherever it gets to, is replenished. */
export function eventOfLevel(change: LevelChange): StockEnvelope {
  const { sku, sequence, at } = change;
  return { eventId: `stock:${sku}:${sequence}`, ...levelEvent(change), sku, sequence, occurredAt: at };
}

function levelEvent({ before, level, available, lowAt }: LevelChange): StockEvent {
  if (rank[level] > rank[before]) {
    const data = { available, level, before } as Extract<StockEvent, { type: 'StockReplenished' }>['data'];
    return { type: 'StockReplenished', version: 1, data };
  }
  if (level === 'low') return { type: 'StockLow', version: 1, data: { available, lowAt } };
  return { type: 'StockDepleted', version: 1, data: { before: before === 'low' ? 'low' : 'ok' } };
}

/** What was booked, as it is told. Whether its data make sense is for the event's schema to say. */
export function eventOfRecord({ kind, id, sku, at, body }: LedgerRecord): StockEnvelope {
  return { eventId: `stock:${kind}:${id}`, ...recordEvent(kind, id, body), version: 1, sku, occurredAt: at };
}

function recordEvent(kind: LedgerRecord['kind'], id: string, body: LedgerRecord['body']) {
  const { location, quantity, from, to, reason, delta } = body;
  switch (kind) {
    case 'receipt':
      return { type: 'StockReceived', data: { receiptId: id, location, quantity } };
    case 'move':
      return { type: 'StockMoved', data: { moveId: id, from, to, quantity } };
    case 'count':
      return { type: 'StockAdjusted', data: { adjustmentId: id, kind, location, change: delta } };
    case 'adjustment':
      return { type: 'StockAdjusted', data: { adjustmentId: id, kind, location, change: quantity, reason } };
  }
}
