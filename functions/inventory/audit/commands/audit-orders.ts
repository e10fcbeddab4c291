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
import { isLive, isReturning } from '../domain/stock-tally.ts';

/** Reservations kept for the comparison with the order lists: about ten megabytes. */
const maxSummaries = 100_000;
/** Order logs read in one audit, suspects first; each is a query. */
const maxLogs = 2_000;
/** Orders compared at a time. */
const batch = 100;
const concurrency = 16;
/** Repetitions that must show a contradiction too, because the log and the reservation are not written together. */
const confirmations = 2;

/** Port to the orders that are compared with the stock. */
export interface AuditedOrders {
  /** From the order lists: cheap and eventually consistent. Orders without an entry are left out. */
  summaries(orderIds: readonly string[]): Promise<ReadonlyMap<string, OrderSummary>>;
  /** From the order's log, strongly consistent. */
  state(orderId: string): Promise<OrderState | undefined>;
  /** Orders that the lists show as confirmed, by page; `more` on the last page when there are further ones. */
  confirmed(): AsyncIterable<{ readonly orderIds: readonly string[]; readonly more: boolean }>;
}

export interface OrderAudit {
  readonly findings: readonly StockFinding[];
  /** Reservations compared with the order lists. */
  readonly glancedCount: number;
  /** Orders compared by their log. */
  readonly readCount: number;
  /** Live reservations and suspect orders beyond the limits of one audit. */
  readonly uncheckedCount: number;
  /** Whether there were more confirmed orders than one audit reads. */
  readonly moreConfirmed: boolean;
}

/** Collects the live reservations of a scan, and those whose units are going back. */
export class OrdersToAudit {
  readonly summaries: ReservationSummary[] = [];
  /** Live reservations beyond the limit. */
  leftOut = 0;

  add(reservation: Reservation): void {
    if (!isLive(reservation) && !isReturning(reservation)) return;
    if (this.summaries.length < maxSummaries) this.summaries.push(summaryOf(reservation));
    else this.leftOut += 1;
  }
}

/** Port to the reservations of orders. */
export interface ReservationLookup {
  /** The existing reservations by order, strongly consistent. */
  reservationsOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, Reservation>>;
}

interface Dependencies {
  readonly stock: ReservationLookup;
  readonly orders?: AuditedOrders | undefined;
  readonly pace: Pick<Pace, 'sleep'>;
}

/**
 * Compares live reservations with their orders, and confirmed orders with their reservations.
 *
 * @param pauseMs between two comparisons of the same order.
 */
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
    uncheckedCount: seen.leftOut + Math.max(0, suspects.size - maxLogs),
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
