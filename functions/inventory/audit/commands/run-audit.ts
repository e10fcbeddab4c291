import type { Pace } from '../../../shared/kernel/backoff.ts';
import type { Consistency } from '../../../shared/kernel/consistency.ts';
import { toInstant } from '../../../shared/kernel/time.ts';
import type { Reservation } from '../../reservations/index.ts';
import { type ShardCounters, type ShardId, type ShardStore, shardName } from '../../sharding/index.ts';
import { auditUnits } from '../domain/audit-units.ts';
import { type FindingKind, findingName, type StockFinding } from '../domain/stock-finding.ts';
import { type StockRecord, StockTally } from '../domain/stock-tally.ts';
import {
  type AuditedOrders,
  auditOrders,
  type OrderAudit,
  OrdersToAudit,
  type ReservationLookup,
} from './audit-orders.ts';

/**
 * Between two looks at what seems wrong. A transaction is visible everywhere within milliseconds, and a worker that is
 * between its debit and its reservation is there or given up after some seconds.
 */
const pauseMs = 3_000;
/** Looks at which a difference has to be there, at a shard that does not move, before it is a finding. */
const confirmations = 2;
/** Looks in all. Of a shard that is sold from all the time nothing can be said; the next audit may find it quiet. */
const maxLooks = 5;
/** A hold that ended is released within a minute or two by a schedule that raises an alarm after ten. */
const overdueMs = 900_000;
/** Orders read in one go. */
const ordersPerRead = 500;

/** The whole table, item by item. */
export interface StockScan {
  /**
   * Shows every item once, in any order; what is written meanwhile may be seen or not.
   *
   * @returns how many items there were, and false when it had to break off before the end.
   */
  scan(see: (record: StockRecord) => void, consistency: Consistency): Promise<{ itemCount: number; complete: boolean }>;
}

/** What an audit reads of the stock. */
export interface AuditedStock extends StockScan, ReservationLookup {
  readonly shards: Pick<ShardStore, 'read'>;
}

export interface AuditDependencies {
  readonly stock: AuditedStock;
  /** Without it only the inventory itself is audited. */
  readonly orders?: AuditedOrders | undefined;
  readonly pace: Pick<Pace, 'sleep'>;
  nowMs(): number;
}

export interface StockAudit extends OrderAudit {
  readonly findings: readonly StockFinding[];
  /** Differences in shards that changed during every look: they may be wrong or only busy. */
  readonly undecided: readonly StockFinding[];
  readonly itemCount: number;
  readonly shardCount: number;
  /** False when the table could not be read to its end: then only what single items say was checked. */
  readonly complete: boolean;
}

/** What one item says of itself needs no other to be certain. */
const certain: ReadonlySet<FindingKind> = new Set([
  'shard_unbalanced',
  'counter_below_zero',
  'closed_shard_has_units',
  'item_unreadable',
]);

/**
 * Audits the stock while it is being sold. Reading takes a while and the items change meanwhile, so that the first look
 * only suspects. What it suspects is looked at again, strongly and after a pause: the shards in question before and after
 * everything else. A shard that was the same both times had the same units reserved all the while, as every reservation
 * or release changes it; then what its reservations add up to is exact. Twice such a difference is a finding.
 */
export async function runAudit(dependencies: AuditDependencies): Promise<StockAudit> {
  const toAudit = new OrdersToAudit();
  const first = await look(dependencies, 'eventual', [], (record) => {
    if (record.kind === 'reservation') toAudit.see(record.reservation);
  });
  const { itemCount, complete, shards } = first;
  const inStock = complete
    ? await confirm(first.findings, shards, dependencies)
    : { findings: first.findings.filter(({ kind }) => certain.has(kind)), undecided: [] };
  const ordered = await auditOrders(toAudit, dependencies, pauseMs);
  return {
    ...ordered,
    findings: [...inStock.findings, ...ordered.findings],
    undecided: inStock.undecided,
    itemCount,
    shardCount: shards.size,
    complete,
  };
}

interface Look {
  readonly findings: readonly StockFinding[];
  readonly shards: ReadonlyMap<string, ShardCounters>;
  /** Shards among those watched that changed during the look. */
  readonly moved: ReadonlySet<string>;
  readonly itemCount: number;
  readonly complete: boolean;
}

async function confirm(
  suspected: readonly StockFinding[],
  known: ReadonlyMap<string, ShardCounters>,
  dependencies: AuditDependencies,
): Promise<{ readonly findings: StockFinding[]; readonly undecided: StockFinding[] }> {
  const findings: StockFinding[] = [];
  let open = suspected.map((finding) => ({ finding, seen: 0 }));
  for (let round = 0; round < maxLooks && open.length > 0; round++) {
    await dependencies.pace.sleep(pauseMs);
    const watched = open.map(({ finding }) => shardsOf(finding, known));
    const again = await look(dependencies, 'strong', watched.flat());
    if (!again.complete) break;
    const byName = new Map(again.findings.map((finding) => [findingName(finding), finding]));
    open = open.flatMap(({ finding, seen }, index) => {
      const found = byName.get(findingName(finding));
      if (found === undefined) return [];
      const still =
        (watched[index] ?? []).every((shard) => !again.moved.has(shardName(shard))) && !hasMoved(finding, found);
      const times = still ? seen + 1 : seen;
      if (times < confirmations) return [{ finding: found, seen: times }];
      findings.push(found);
      return [];
    });
  }
  return { findings, undecided: open.map(({ finding }) => finding) };
}

/** Lines change at every order that joins or leaves them: only one that says the same twice has stood still. */
function hasMoved(before: StockFinding, { kind, expected, found }: StockFinding): boolean {
  return kind === 'waiting_differs' && (before.expected !== expected || before.found !== found);
}

/** The shards that must not change while a difference is looked at. */
function shardsOf({ kind, shard, sku, location }: StockFinding, known: ReadonlyMap<string, ShardCounters>): ShardId[] {
  if (certain.has(kind) || (shard === undefined && location === undefined)) return [];
  const concerned = [...known].filter(([name, each]) =>
    shard === undefined ? each.sku === sku && each.location === location : name === shard,
  );
  return concerned.map(([, each]) => ({ location: each.location, sku: each.sku, shard: each.shard }));
}

async function look(
  { stock, nowMs }: AuditDependencies,
  consistency: Consistency,
  watched: readonly ShardId[],
  see: (record: StockRecord) => void = () => undefined,
): Promise<Look> {
  const before = await readShards(watched, stock);
  // Of an order that is between debit and reservation one is as certain as of its shard: by one read of its record.
  const underWay = new Set([...before.values()].flatMap(({ journal }) => journal.map(({ orderId }) => orderId)));
  const tally = new StockTally(toInstant(nowMs() - overdueMs), underWay);
  const { itemCount, complete } = await stock.scan((record) => {
    tally.add(record);
    see(record);
  }, consistency);
  for (const shard of before.values()) tally.add({ kind: 'shard', shard });
  const orderIds = new Set([...underWay, ...tally.entries().map(({ orderId }) => orderId)]);
  const bound = await readReservations([...orderIds], stock);
  for (const orderId of underWay) {
    const reservation = bound.get(orderId);
    if (reservation !== undefined) tally.addReservation(reservation);
  }
  const after = await readShards(watched, stock);
  const moved = [...before].filter(([name, shard]) => stateOf(shard) !== stateOf(after.get(name)));
  return {
    findings: auditUnits(tally, { nowMs: nowMs(), bound }),
    shards: tally.shards,
    moved: new Set(moved.map(([name]) => name)),
    itemCount,
    complete,
  };
}

/** Everything about a shard; the store gives the entries of a journal in any order. */
function stateOf(shard: ShardCounters | undefined): string {
  const entries = shard?.journal.map(({ nonce, quantity }) => `${nonce}:${quantity}`) ?? [];
  return JSON.stringify({ ...shard, journal: entries.sort() });
}

async function readShards(ids: readonly ShardId[], { shards }: AuditedStock) {
  const byName = new Map(ids.map((shard) => [shardName(shard), shard]));
  const found = byName.size === 0 ? [] : await shards.read([...byName.values()], 'strong');
  return new Map(found.map((shard) => [shardName(shard), shard]));
}

async function readReservations(orderIds: readonly string[], stock: AuditedStock): Promise<Map<string, Reservation>> {
  const found = new Map<string, Reservation>();
  for (let start = 0; start < orderIds.length; start += ordersPerRead) {
    const chunk = orderIds.slice(start, start + ordersPerRead);
    for (const [orderId, each] of await stock.reservationsOf(chunk)) found.set(orderId, each);
  }
  return found;
}
