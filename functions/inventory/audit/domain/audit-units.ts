import { counted } from '../../../shared/kernel/counted.ts';
import type { Reservation } from '../../reservations/index.ts';
import type { JournalEntry, ShardCounters, SkuPlan } from '../../sharding/index.ts';
import type { StockFinding } from './stock-finding.ts';
import type { LedgerSums, StockTally } from './stock-tally.ts';

/**
 * Age in milliseconds from which an unbound journal entry counts as forgotten. The function that sweeps journals runs
 * every minute for most of a minute; the rest is a margin.
 */
const forgottenAfterMs = 180_000;

/** What the audit of a tally needs in addition to its sums. */
export interface AuditContext {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** The existing reservations of the orders that the journals name, by order. */
  readonly bound: ReadonlyMap<string, Reservation>;
}

/** Finds inconsistencies within the inventory: in its counters, journals, plans, queues and ledger. */
export function auditUnits(tally: StockTally, { nowMs, bound }: AuditContext): StockFinding[] {
  const unbound = unboundEntries(tally, bound);
  return [
    ...[...tally.shards].flatMap(([name, shard]) => [
      ...shardFindings(name, shard),
      ...unitFindings(name, shard, tally, unbound.get(name) ?? []),
      ...misplacedUnits(name, shard, tally.plans.get(shard.sku)),
    ]),
    ...missingShards(tally),
    ...forgottenEntries(unbound, nowMs),
    ...ledgerFindings(tally),
    ...waitingFindings(tally),
    ...tally.overdueHolds.map(({ orderId, expiresAt }): StockFinding => {
      return { kind: 'hold_overdue', orderId, expected: `released at ${expiresAt}`, found: 'still held' };
    }),
    ...tally.unreadable.map(({ key, reason }): StockFinding => {
      return { kind: 'item_unreadable', about: key, expected: 'an item of the inventory', found: reason };
    }),
  ];
}

/** The journal entries without a reservation that has their nonce, by shard. */
function unboundEntries(tally: StockTally, bound: AuditContext['bound']): Map<string, JournalEntry[]> {
  const unbound = new Map<string, JournalEntry[]>();
  for (const entry of tally.entries()) {
    if (bound.get(entry.orderId)?.parts.some(({ nonce }) => nonce === entry.nonce)) continue;
    unbound.set(entry.shard, [...(unbound.get(entry.shard) ?? []), entry]);
  }
  return unbound;
}

function shardFindings(name: string, shard: ShardCounters): StockFinding[] {
  const { sku, available, reserved, shipped, received, movedIn, movedOut } = shard;
  const about = { sku, shard: name };
  const found: StockFinding[] = [];
  const [balance, units] = [received + movedIn - movedOut, available + reserved + shipped];
  if (balance !== units) found.push({ kind: 'shard_unbalanced', ...about, expected: balance, found: units });
  const counters = { available, reserved, shipped, received, movedIn, movedOut };
  for (const [counter, value] of Object.entries(counters)) {
    if (value < 0) found.push({ kind: 'counter_below_zero', ...about, about: counter, expected: 0, found: value });
  }
  return found;
}

function unitFindings(
  name: string,
  { sku, reserved, shipped }: ShardCounters,
  tally: StockTally,
  unbound: readonly JournalEntry[],
): StockFinding[] {
  const held = (tally.reserved.get(name) ?? 0) + unbound.reduce((sum, { quantity }) => sum + quantity, 0);
  const left = tally.shipped.get(name) ?? 0;
  const about = { sku, shard: name };
  return [
    ...(reserved === held ? [] : [{ kind: 'reserved_differs' as const, ...about, expected: held, found: reserved }]),
    ...(shipped === left ? [] : [{ kind: 'shipped_differs' as const, ...about, expected: left, found: shipped }]),
  ];
}

/** Units of reservations in shards that do not exist. */
function missingShards({ shards, reserved, shipped }: StockTally): StockFinding[] {
  const missing = (kind: 'reserved_differs' | 'shipped_differs', sums: ReadonlyMap<string, number>) =>
    [...sums]
      .filter(([name, units]) => units > 0 && !shards.has(name))
      .map(([name, units]): StockFinding => ({ kind, shard: name, expected: units, found: 0 }));
  return [...missing('reserved_differs', reserved), ...missing('shipped_differs', shipped)];
}

/** Units for sale must be in shards that sales use, and so must reserved units, which return there when released. */
function misplacedUnits(
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
  const planned = plan?.locations.find((each) => each.location === location);
  const isPlanned = planned !== undefined && (typeof shard !== 'number' || shard < planned.shards);
  if (!isPlanned && units > 0) found.push({ ...about, kind: 'unplanned_shard_has_units', found: units });
  return found;
}

function forgottenEntries(unbound: ReadonlyMap<string, readonly JournalEntry[]>, nowMs: number): StockFinding[] {
  return [...unbound].flatMap(([shard, entries]) =>
    entries
      .filter(({ at }) => nowMs - at > forgottenAfterMs)
      .map(({ nonce, orderId, quantity, at }): StockFinding => {
        const age = `${counted(quantity, 'unit')} for ${Math.round((nowMs - at) / 1_000)} s`;
        return {
          kind: 'journal_entry_forgotten',
          shard,
          orderId,
          about: nonce,
          expected: 'bound or returned',
          found: age,
        };
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
  const counted = new Map<string, LedgerSums>();
  for (const { location, sku, received, movedIn, movedOut } of shards.values()) {
    const place = `${location}#${sku}`;
    const known = counted.get(place) ?? { received: 0, moved: 0 };
    counted.set(place, { received: known.received + received, moved: known.moved + movedIn - movedOut });
  }
  const places = [...new Set([...counted.keys(), ...ledger.keys()])];
  return places.flatMap((place) => {
    const [location = '', sku = ''] = place.split('#');
    const { received, moved } = counted.get(place) ?? { received: 0, moved: 0 };
    const booked = ledger.get(place) ?? { received: 0, moved: 0 };
    const about = { sku, location };
    return [
      ...(received === booked.received
        ? []
        : [{ kind: 'received_differs' as const, ...about, expected: booked.received, found: received }]),
      ...(moved === booked.moved
        ? []
        : [{ kind: 'moved_differs' as const, ...about, expected: booked.moved, found: moved }]),
    ];
  });
}
