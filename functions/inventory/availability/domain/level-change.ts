import type { StockEvent } from '../../../../events/catalog.ts';
import type { StockEnvelope } from '../../../../events/envelope.ts';
import type { Instant } from '../../../shared/kernel/time.ts';

/** How much of a SKU is for sale, in the words of its events. */
export type Level = 'ok' | 'low' | 'depleted';

const rank: Readonly<Record<Level, number>> = { depleted: 0, low: 1, ok: 2 };

/** A change of a SKU's level, as it is announced. */
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
 * The change that has to be announced, if any. A SKU without an announcement counts as `ok`: its first receipt is
 * announced as a receipt alone. There is no hysteresis: a batch of the stream reads a SKU once, so one that goes up and
 * down around the threshold is announced at most once in a batching window.
 */
export function levelChange(
  latest: LevelChange | undefined,
  seen: { readonly sku: string; readonly available: number; readonly lowAt: number },
  at: Instant,
): LevelChange | undefined {
  const before = latest?.level ?? 'ok';
  const level = levelAt(seen.available, seen.lowAt);
  return level === before ? undefined : { ...seen, before, level, sequence: (latest?.sequence ?? 0) + 1, at };
}

/** A level that goes down is low or depleted; one that goes up is replenished. */
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
