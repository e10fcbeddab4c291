import type { Reservation } from '../../reservations/index.ts';
import type { JournalEntry, ShardCounters, SkuPlan } from '../../sharding/index.ts';
import type { StockFinding } from './stock-finding.ts';
import type { Ledgered, StockTally } from './stock-tally.ts';

/**
 * The function that sweeps journals runs every minute, and a run of it lasts most of one. What is in a journal for longer
 * than that and a margin nobody sweeps.
 */
export const forgottenAfterMs = 180_000;

/** What an audit knows beside the sums. */
export interface AuditMoment {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** The reservations of the orders that the journals name, as far as there are any. */
  readonly bound: ReadonlyMap<string, Reservation>;
}

/** Everything that is wrong with the stock in itself: its counters, journals, plans and ledger. Empty when it balances. */
export function auditUnits(tally: StockTally, { nowMs, bound }: AuditMoment): StockFinding[] {
  const loose = looseEntries(tally, bound);
  return [
    ...[...tally.shards].flatMap(([name, shard]) => [
      ...shardFindings(name, shard),
      ...unitFindings(name, shard, tally, loose.get(name) ?? []),
      ...placeOfUnits(name, shard, tally.plans.get(shard.sku)),
    ]),
    ...lostParts(tally),
    ...forgotten(loose, nowMs),
    ...ledgerFindings(tally),
    ...waitingFindings(tally),
    ...tally.kept.map(({ orderId, expiresAt }): StockFinding => {
      return { kind: 'hold_overdue', orderId, expected: `released at ${expiresAt}`, found: 'still held' };
    }),
    ...tally.unreadable.map(({ key, reason }): StockFinding => {
      return { kind: 'item_unreadable', about: key, expected: 'an item of the inventory', found: reason };
    }),
  ];
}

/** Debits that no reservation binds, by shard. */
function looseEntries(tally: StockTally, bound: AuditMoment['bound']): Map<string, JournalEntry[]> {
  const loose = new Map<string, JournalEntry[]>();
  for (const entry of tally.entries()) {
    if (bound.get(entry.orderId)?.parts.some(({ nonce }) => nonce === entry.nonce)) continue;
    loose.set(entry.shard, [...(loose.get(entry.shard) ?? []), entry]);
  }
  return loose;
}

function shardFindings(name: string, shard: ShardCounters): StockFinding[] {
  const { sku, available, reserved, shipped, received, movedIn, movedOut } = shard;
  const about = { sku, shard: name };
  const found: StockFinding[] = [];
  const [came, there] = [received + movedIn - movedOut, available + reserved + shipped];
  if (came !== there) found.push({ kind: 'shard_unbalanced', ...about, expected: came, found: there });
  const counters = { available, reserved, shipped, received, movedIn, movedOut };
  for (const [counter, units] of Object.entries(counters)) {
    if (units < 0) found.push({ kind: 'counter_below_zero', ...about, about: counter, expected: 0, found: units });
  }
  return found;
}

function unitFindings(
  name: string,
  { sku, reserved, shipped }: ShardCounters,
  tally: StockTally,
  loose: readonly JournalEntry[],
): StockFinding[] {
  const held = (tally.reserved.get(name) ?? 0) + loose.reduce((sum, { quantity }) => sum + quantity, 0);
  const left = tally.shipped.get(name) ?? 0;
  const about = { sku, shard: name };
  return [
    ...(reserved === held ? [] : [{ kind: 'reserved_differs' as const, ...about, expected: held, found: reserved }]),
    ...(shipped === left ? [] : [{ kind: 'shipped_differs' as const, ...about, expected: left, found: shipped }]),
  ];
}

/** Parts of reservations in shards that do not exist. */
function lostParts({ shards, reserved, shipped }: StockTally): StockFinding[] {
  const lost = (kind: 'reserved_differs' | 'shipped_differs', sums: ReadonlyMap<string, number>) =>
    [...sums]
      .filter(([name, units]) => units > 0 && !shards.has(name))
      .map(([name, units]): StockFinding => ({ kind, shard: name, expected: units, found: 0 }));
  return [...lost('reserved_differs', reserved), ...lost('shipped_differs', shipped)];
}

/** Units for sale must be where sales look for them, and units that come back must come back to such a place. */
function placeOfUnits(
  name: string,
  { sku, location, shard, available, reserved, closedTo }: ShardCounters,
  plan?: SkuPlan,
) {
  const found: StockFinding[] = [];
  const about = { sku, shard: name, expected: 0 };
  if (closedTo !== undefined) {
    if (available > 0) found.push({ ...about, kind: 'closed_shard_has_units', found: available });
    return found;
  }
  const units = available + reserved;
  const there = plan?.locations.find((each) => each.location === location);
  const planned = there !== undefined && (typeof shard !== 'number' || shard < there.shards);
  if (!planned && units > 0) found.push({ ...about, kind: 'unplanned_shard_has_units', found: units });
  return found;
}

function forgotten(loose: ReadonlyMap<string, readonly JournalEntry[]>, nowMs: number): StockFinding[] {
  return [...loose].flatMap(([shard, entries]) =>
    entries
      .filter(({ at }) => nowMs - at > forgottenAfterMs)
      .map(({ nonce, orderId, quantity, at }): StockFinding => {
        const age = `${quantity} units for ${Math.round((nowMs - at) / 1_000)} s`;
        return { kind: 'journal_entry_forgotten', shard, orderId, about: nonce, expected: 'settled', found: age };
      }),
  );
}

function waitingFindings({ waiting, queues }: StockTally): StockFinding[] {
  return [...new Set([...waiting.keys(), ...queues.keys()])].flatMap((sku): StockFinding[] => {
    const [expected, found] = [waiting.get(sku) ?? 0, queues.get(sku) ?? 0];
    return expected === found ? [] : [{ kind: 'waiting_differs', sku, expected, found }];
  });
}

function ledgerFindings({ shards, ledger }: StockTally): StockFinding[] {
  const counted = new Map<string, Ledgered>();
  for (const { location, sku, received, movedIn, movedOut } of shards.values()) {
    const place = `${location}#${sku}`;
    const known = counted.get(place) ?? { received: 0, moved: 0 };
    counted.set(place, { received: known.received + received, moved: known.moved + movedIn - movedOut });
  }
  const places = [...new Set([...counted.keys(), ...ledger.keys()])];
  return places.flatMap((place) => {
    const [location = '', sku = ''] = place.split('#');
    const { received, moved } = counted.get(place) ?? { received: 0, moved: 0 };
    const due = ledger.get(place) ?? { received: 0, moved: 0 };
    const about = { sku, location };
    return [
      ...(received === due.received
        ? []
        : [{ kind: 'received_differs' as const, ...about, expected: due.received, found: received }]),
      ...(moved === due.moved ? [] : [{ kind: 'moved_differs' as const, ...about, expected: due.moved, found: moved }]),
    ];
  });
}
