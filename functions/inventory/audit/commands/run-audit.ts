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
 * Pause between two passes. Within it every transaction becomes visible, and a process between its debit and its
 * reservation writes the reservation or is interrupted.
 */
const pauseMs = 3_000;
/** Passes that must show a difference, in shards that do not change, before it is a finding. */
const confirmations = 2;
/** Confirming passes. A shard that changes during all of them stays undecided until a later audit. */
const maxPasses = 5;
/** Age of an overdue hold. A schedule releases expired holds within two minutes, and an alarm reports it after ten. */
const overdueMs = 900_000;
/** Orders whose reservations are read together. */
const ordersPerRead = 500;

/** Port that reads the whole table. */
export interface StockScan {
  /**
   * Visits every item once, in any order. An item that is written during the scan may be visited or not.
   *
   * @returns the number of items, and whether the scan reached the end of the table.
   */
  scan(
    visit: (record: StockRecord) => void,
    consistency: Consistency,
  ): Promise<{ itemCount: number; complete: boolean }>;
}

/** The stock that an audit reads. */
export interface AuditedStock extends StockScan, ReservationLookup {
  readonly shards: Pick<ShardStore, 'read'>;
}

export interface AuditDependencies {
  readonly stock: AuditedStock;
  /** When undefined, the inventory is audited without the orders. */
  readonly orders?: AuditedOrders | undefined;
  readonly pace: Pick<Pace, 'sleep'>;
  nowMs(): number;
}

export interface StockAudit extends OrderAudit {
  readonly findings: readonly StockFinding[];
  /** Differences that could not be confirmed, because their shards changed during the passes. */
  readonly undecided: readonly StockFinding[];
  readonly itemCount: number;
  readonly shardCount: number;
  /** False when the scan did not reach the end of the table; then only findings within single items are reported. */
  readonly complete: boolean;
}

/** Kinds that a single item proves, without comparison with others. */
const certain: ReadonlySet<FindingKind> = new Set([
  'shard_unbalanced',
  'counter_below_zero',
  'closed_shard_has_units',
  'item_unreadable',
]);

/**
 * Audits the stock while sales go on. Items change during a scan, so the differences of the first pass are only
 * suspected. Each is confirmed by further, strongly consistent passes after a pause. Such a pass reads the shards in
 * question before and after all other items. Every reservation and release changes its shard, so a shard that is equal
 * in both reads had the same reservations all the time, and their sum is exact. A difference that two such passes show
 * is a finding.
 */
export async function runAudit(dependencies: AuditDependencies): Promise<StockAudit> {
  const toAudit = new OrdersToAudit();
  const first = await tallyStock(dependencies, 'eventual', [], (record) => {
    if (record.kind === 'reservation') toAudit.add(record.reservation);
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

/** One pass over the table. */
interface Pass {
  readonly findings: readonly StockFinding[];
  readonly shards: ReadonlyMap<string, ShardCounters>;
  /** Watched shards that changed during the pass. */
  readonly changed: ReadonlySet<string>;
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
  for (let round = 0; round < maxPasses && open.length > 0; round++) {
    await dependencies.pace.sleep(pauseMs);
    const watched = open.map(({ finding }) => shardsOf(finding, known));
    const again = await tallyStock(dependencies, 'strong', watched.flat());
    if (!again.complete) break;
    const byName = new Map(again.findings.map((finding) => [findingName(finding), finding]));
    open = open.flatMap(({ finding, seen }, index) => {
      const found = byName.get(findingName(finding));
      if (found === undefined) return [];
      const isQuiet =
        (watched[index] ?? []).every((shard) => !again.changed.has(shardName(shard))) && !isBusyQueue(finding, found);
      const times = isQuiet ? seen + 1 : seen;
      if (times < confirmations) return [{ finding: found, seen: times }];
      findings.push(found);
      return [];
    });
  }
  return { findings, undecided: open.map(({ finding }) => finding) };
}

/**
 * Whether a queue changed between two passes. Orders join and leave queues all the time, and their shards do not show
 * it.
 */
function isBusyQueue(before: StockFinding, { kind, expected, found }: StockFinding): boolean {
  return kind === 'waiting_differs' && (before.expected !== expected || before.found !== found);
}

/** The shards that must not change during a pass that confirms the finding. */
function shardsOf({ kind, shard, sku, location }: StockFinding, known: ReadonlyMap<string, ShardCounters>): ShardId[] {
  if (certain.has(kind) || (shard === undefined && location === undefined)) return [];
  const concerned = [...known].filter(([name, each]) =>
    shard === undefined ? each.sku === sku && each.location === location : name === shard,
  );
  return concerned.map(([, each]) => ({ location: each.location, sku: each.sku, shard: each.shard }));
}

async function tallyStock(
  { stock, nowMs }: AuditDependencies,
  consistency: Consistency,
  watched: readonly ShardId[],
  visit: (record: StockRecord) => void = () => undefined,
): Promise<Pass> {
  const before = await readShards(watched, stock);
  // The reservation of an order in a watched journal is read once, after the scan. This read alone decides whether the
  // reservation or the journal entry counts.
  const underWay = new Set([...before.values()].flatMap(({ journal }) => journal.map(({ orderId }) => orderId)));
  const tally = new StockTally(toInstant(nowMs() - overdueMs), underWay);
  const { itemCount, complete } = await stock.scan((record) => {
    tally.add(record);
    visit(record);
  }, consistency);
  for (const shard of before.values()) tally.add({ kind: 'shard', shard });
  const orderIds = new Set([...underWay, ...tally.entries().map(({ orderId }) => orderId)]);
  const bound = await readReservations([...orderIds], stock);
  for (const orderId of underWay) {
    const reservation = bound.get(orderId);
    if (reservation !== undefined) tally.addReservation(reservation);
  }
  const after = await readShards(watched, stock);
  const changed = [...before].filter(([name, shard]) => stateOf(shard) !== stateOf(after.get(name)));
  return {
    findings: auditUnits(tally, { nowMs: nowMs(), bound }),
    shards: tally.shards,
    changed: new Set(changed.map(([name]) => name)),
    itemCount,
    complete,
  };
}

/** The state of a shard as text. The journal is sorted, because the store returns its entries in any order. */
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
