import type { Pace } from '../../../shared/kernel/backoff.ts';
import type { Reservation } from '../../reservations/domain/reservation.ts';
import type { StockTable } from '../../sharding/commands/stock-table.ts';
import {
  auditOrder,
  glanceAt,
  isSuspect,
  type OrderGlance,
  type OrderStanding,
  type ReservationGlance,
} from '../domain/audit-order.ts';
import { findingName, type StockFinding } from '../domain/stock-finding.ts';
import { isLive } from '../domain/stock-tally.ts';

/** Reservations remembered for a glance at their orders: some ten megabytes. */
const maxGlances = 100_000;
/** Logs read, those first whose lists contradict the stock: a query each. */
const maxLogs = 2_000;
/** Orders looked at together. */
const batch = 100;
const concurrency = 16;
/** Looks at which a contradiction has to be there: the log and the reservation are written one after the other. */
const confirmations = 2;

/** What the orders say, for whoever compares them with the stock. */
export interface AuditedOrders {
  /** By the lists: cheap, and a moment old. Those without an entry are left out. */
  glances(orderIds: readonly string[]): Promise<ReadonlyMap<string, OrderGlance>>;
  /** By the log, as of now. */
  standing(orderId: string): Promise<OrderStanding | undefined>;
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
  readonly glances: ReservationGlance[] = [];
  left = 0;

  see(reservation: Reservation): void {
    if (!isLive(reservation)) return;
    if (this.glances.length < maxGlances) this.glances.push(glanceAt(reservation));
    else this.left += 1;
  }
}

interface Around {
  readonly stock: Pick<StockTable, 'read'>;
  readonly orders?: AuditedOrders | undefined;
  readonly pace: Pick<Pace, 'sleep'>;
}

/** Compares reservations with the orders they are for, and confirmed orders with their reservations. */
export async function auditOrders(seen: OrdersToAudit, around: Around, pauseMs: number): Promise<OrderAudit> {
  const { orders } = around;
  if (orders === undefined)
    return { findings: [], glancedCount: 0, readCount: 0, uncheckedCount: 0, moreConfirmed: false };
  const suspects = new Set(await contradicted(seen.glances, orders));
  let moreConfirmed = false;
  for await (const { orderIds, more } of orders.confirmed()) {
    for (const orderId of await unconfirmed(orderIds, around)) suspects.add(orderId);
    moreConfirmed ||= more;
  }
  const others = seen.glances.map(({ orderId }) => orderId).filter((orderId) => !suspects.has(orderId));
  const toRead = [...suspects, ...others].slice(0, maxLogs);
  let found = await readOrders(toRead, orders, around);
  for (let round = 0; round < confirmations && found.length > 0; round++) {
    await around.pace.sleep(pauseMs);
    const names = new Set(found.map(findingName));
    const again = await readOrders([...new Set(found.flatMap(({ orderId }) => orderId ?? []))], orders, around);
    found = again.filter((finding) => names.has(findingName(finding)));
  }
  return {
    findings: found,
    glancedCount: seen.glances.length,
    readCount: toRead.length,
    moreConfirmed,
    uncheckedCount: seen.left + Math.max(0, suspects.size - maxLogs),
  };
}

async function contradicted(glances: readonly ReservationGlance[], orders: AuditedOrders): Promise<string[]> {
  const suspects: string[] = [];
  await inBatches(glances, async (each) => {
    const shown = await orders.glances(each.map(({ orderId }) => orderId));
    suspects.push(...each.flatMap((glance) => (isSuspect(glance, shown.get(glance.orderId)) ? glance.orderId : [])));
  });
  return suspects;
}

async function unconfirmed(orderIds: readonly string[], { stock }: Around): Promise<string[]> {
  const { reservations } = await stock.read({ orderIds }, 'latest');
  return orderIds.filter((orderId) => reservations.get(orderId)?.state !== 'CONFIRMED');
}

async function readOrders(orderIds: readonly string[], orders: AuditedOrders, { stock }: Around) {
  const findings: StockFinding[] = [];
  await inBatches(orderIds, async (each) => {
    const queue = [...each];
    const standings = new Map<string, OrderStanding | undefined>();
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        standings.set(next, await orders.standing(next));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const { reservations } = await stock.read({ orderIds: each }, 'latest');
    for (const [orderId, order] of standings) findings.push(...auditOrder(orderId, order, reservations.get(orderId)));
  });
  return findings;
}

async function inBatches<Each>(all: readonly Each[], work: (some: readonly Each[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < all.length; start += batch) await work(all.slice(start, start + batch));
}
