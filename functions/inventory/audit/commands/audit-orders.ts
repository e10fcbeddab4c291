import type { Pace } from '../../../shared/kernel/backoff.ts';
import type { Reservation } from '../../reservations/index.ts';
import {
  auditOrder,
  isSuspect,
  type OrderState,
  type OrderSummary,
  type ReservationSummary,
  summaryOf,
} from '../domain/audit-order.ts';
import { findingName, type StockFinding } from '../domain/stock-finding.ts';
import { isLive } from '../domain/stock-tally.ts';

/** Reservations remembered for the comparison with the lists: some ten megabytes. */
const maxSummaries = 100_000;
/** Logs read, those first whose lists contradict the stock: a query each. */
const maxLogs = 2_000;
/** Orders compared together. */
const batch = 100;
const concurrency = 16;
/** Rounds in which a contradiction has to be there: the log and the reservation are written one after the other. */
const confirmations = 2;

/** The orders, as far as they are compared with the stock. */
export interface AuditedOrders {
  /** By the lists: cheap, and a moment old. Those without an entry are left out. */
  summaries(orderIds: readonly string[]): Promise<ReadonlyMap<string, OrderSummary>>;
  /** By the log, as of now. */
  state(orderId: string): Promise<OrderState | undefined>;
  /** Orders that the lists show as confirmed, page by page; `more` when that are not all. */
  confirmed(): AsyncIterable<{ readonly orderIds: readonly string[]; readonly more: boolean }>;
}

export interface OrderAudit {
  readonly findings: readonly StockFinding[];
  /** Orders compared with their reservation by what the lists show, and by their log. */
  readonly glancedCount: number;
  readonly readCount: number;
  /** Orders with a live reservation, or suspect ones, that were beyond what one audit looks at. */
  readonly uncheckedCount: number;
  /** Whether there were more confirmed orders than one audit asks for. */
  readonly moreConfirmed: boolean;
}

/** Orders that have a reservation which counts, as a scan shows them. */
export class OrdersToAudit {
  readonly summaries: ReservationSummary[] = [];
  left = 0;

  see(reservation: Reservation): void {
    if (!isLive(reservation)) return;
    if (this.summaries.length < maxSummaries) this.summaries.push(summaryOf(reservation));
    else this.left += 1;
  }
}

/** The reservations of these orders, as of now, by order. */
export interface ReservationLookup {
  reservationsOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
}

interface Dependencies {
  readonly stock: ReservationLookup;
  readonly orders?: AuditedOrders | undefined;
  readonly pace: Pick<Pace, 'sleep'>;
}

/** Compares reservations with the orders they are for, and confirmed orders with their reservations. */
export async function auditOrders(
  seen: OrdersToAudit,
  dependencies: Dependencies,
  pauseMs: number,
): Promise<OrderAudit> {
  const { orders } = dependencies;
  if (orders === undefined)
    return { findings: [], glancedCount: 0, readCount: 0, uncheckedCount: 0, moreConfirmed: false };
  const suspects = new Set(await contradicted(seen.summaries, orders));
  let moreConfirmed = false;
  for await (const { orderIds, more } of orders.confirmed()) {
    for (const orderId of await unconfirmed(orderIds, dependencies)) suspects.add(orderId);
    moreConfirmed ||= more;
  }
  const others = seen.summaries.map(({ orderId }) => orderId).filter((orderId) => !suspects.has(orderId));
  const toRead = [...suspects, ...others].slice(0, maxLogs);
  let found = await readOrders(toRead, orders, dependencies);
  for (let round = 0; round < confirmations && found.length > 0; round++) {
    await dependencies.pace.sleep(pauseMs);
    const names = new Set(found.map(findingName));
    const again = await readOrders([...new Set(found.flatMap(({ orderId }) => orderId ?? []))], orders, dependencies);
    found = again.filter((finding) => names.has(findingName(finding)));
  }
  return {
    findings: found,
    glancedCount: seen.summaries.length,
    readCount: toRead.length,
    moreConfirmed,
    uncheckedCount: seen.left + Math.max(0, suspects.size - maxLogs),
  };
}

async function contradicted(summaries: readonly ReservationSummary[], orders: AuditedOrders): Promise<string[]> {
  const suspects: string[] = [];
  await inBatches(summaries, async (each) => {
    const shown = await orders.summaries(each.map(({ orderId }) => orderId));
    suspects.push(
      ...each.flatMap((summary) => (isSuspect(summary, shown.get(summary.orderId)) ? summary.orderId : [])),
    );
  });
  return suspects;
}

async function unconfirmed(orderIds: readonly string[], { stock }: Dependencies): Promise<string[]> {
  const reservations = await stock.reservationsOf(orderIds);
  return orderIds.filter((orderId) => reservations.get(orderId)?.state !== 'CONFIRMED');
}

async function readOrders(orderIds: readonly string[], orders: AuditedOrders, { stock }: Dependencies) {
  const findings: StockFinding[] = [];
  await inBatches(orderIds, async (each) => {
    const queue = [...each];
    const states = new Map<string, OrderState | undefined>();
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        states.set(next, await orders.state(next));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const reservations = await stock.reservationsOf(each);
    for (const [orderId, order] of states) findings.push(...auditOrder(orderId, order, reservations.get(orderId)));
  });
  return findings;
}

async function inBatches<Each>(all: readonly Each[], work: (some: readonly Each[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < all.length; start += batch) await work(all.slice(start, start + batch));
}
