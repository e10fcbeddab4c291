import type { StockEvent } from '../../../../events/catalog.ts';
import type { StockEnvelope } from '../../../../events/envelope.ts';
import type { Instant } from '../../../shared/kernel/time.ts';

/** The stock level of a SKU, as its events name it. */
export type Level = 'ok' | 'low' | 'depleted';

const rank: Readonly<Record<Level, number>> = { depleted: 0, low: 1, ok: 2 };

/** An announced change of a SKU's level. */
export interface LevelChange {
  readonly sku: string;
  readonly before: Level;
  readonly level: Level;
  /** 1 for the SKU's first change, and one more for each further change. */
  readonly sequence: number;
  readonly available: number;
  readonly lowAt: number;
  readonly at: Instant;
}

/**
 * The level of a number of units.
 *
 * @param lowAt the threshold of `low`; 0: the level goes from `ok` to `depleted`.
 */
export function levelAt(available: number, lowAt: number): Level {
  if (available <= 0) return 'depleted';
  return available <= lowAt ? 'low' : 'ok';
}

/**
 * The change to announce, if any. A SKU without an announcement counts as `ok`, so its first receipt is not announced
 * as a change of level. There is no hysteresis: a batch of the stream reads a SKU once, so a level that goes up and
 * down around the threshold is announced at most once per batching window.
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

/** The event of a change: StockReplenished when the level rises, else StockLow or StockDepleted. */
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
