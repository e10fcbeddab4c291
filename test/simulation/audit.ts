import type { OrderSummary } from '../../api/orders.ts';
import type { ExecutionSummary } from '../../local/index.ts';
import type { Stage } from '../sagas/stage.ts';
import { contradictionsIn, type Ledger, ledgerOf } from '../support/ledger.ts';
import { stockContradictions } from '../support/stock-ledger.ts';
import type { World } from './world.ts';

const staff = 'sam:staff';

/** The ledgers of all orders after everything has ended. */
export async function ledgersOf(world: World): Promise<Ledger[]> {
  const { shop } = await world.stage;
  const books = await shop.books();
  const ledgers: Ledger[] = [];
  for (const orderId of world.placements.keys()) ledgers.push(await ledgerOf(shop, orderId, books));
  return ledgers;
}

/** Violations of the invariants; empty when all hold. */
export async function violationsIn(world: World, ledgers: readonly Ledger[]): Promise<string[]> {
  const stage = await world.stage;
  const found = ledgers.flatMap((ledger) => contradictionsIn(ledger, { overlapping: true }));
  for (const [sku, received] of Object.entries(world.received)) {
    found.push(...stockContradictions(await stage.shop.stock(sku), received, ledgers));
  }
  found.push(...strangers(await stage.shop.books(), ledgers));
  found.push(...(await viewContradictions(stage, ledgers)));
  found.push(...forgotten(stage, ledgers));
  return found;
}

/** Payments and parcels without an order. */
function strangers(books: Awaited<ReturnType<Stage['shop']['books']>>, ledgers: readonly Ledger[]): string[] {
  const known = new Set(ledgers.map(({ order }) => order.orderId));
  return [...books.payments, ...books.parcels]
    .filter(({ orderId }) => !known.has(orderId))
    .map(({ id }) => `${id} belongs to no order`);
}

type Shown = Pick<OrderSummary, 'version' | 'status' | 'paymentStatus' | 'fulfillmentStatus' | 'totals'>;

/** The lists are projected from the log, so they must equal its fold. */
async function viewContradictions({ shop }: Stage, ledgers: readonly Ledger[]): Promise<string[]> {
  const views = new Map<string, OrderSummary>();
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await shop.must<{ items: OrderSummary[]; nextCursor?: string }>(
      staff,
      'GET',
      `/orders?limit=100${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const view of page.items) views.set(view.orderId, view);
    cursor = page.nextCursor;
    more = cursor !== undefined;
  }
  const shown = (of: Shown | undefined) =>
    JSON.stringify([of?.version, of?.status, of?.paymentStatus, of?.fulfillmentStatus, of?.totals.totalMinor]);
  return ledgers
    .filter(({ order }) => shown(views.get(order.orderId)) !== shown(order))
    .map(({ order }) => `the list shows ${order.orderId} as ${shown(views.get(order.orderId))}, not ${shown(order)}`);
}

/**
 * Orders without a running saga that are unfinished, not on hold, and not named by a failure or by an execution that ended
 * without a decision.
 */
function forgotten({ local }: Stage, ledgers: readonly Ledger[]): string[] {
  const alarms = JSON.stringify([local.deadLetters(), local.executions().filter(hasNotDecided)]);
  return ledgers
    .filter((ledger) => isUnfinished(ledger) && !alarms.includes(ledger.order.orderId))
    .map(({ order }) => `${order.orderId} is ${order.status}, unfinished, and no failure names it`);
}

/** True for an execution that failed, was lost, or ended because the system was overloaded. */
function hasNotDecided({ status, states }: ExecutionSummary): boolean {
  return status === 'SUCCEEDED' ? states.at(-1) === 'Postponed' : status !== 'RUNNING';
}

/** True when a step has begun that is neither completed nor on hold. */
export function isUnfinished({ order, events }: Ledger): boolean {
  if (order.status === 'placed') return true;
  if (order.status !== 'confirmed') return false;
  const asked = events.some(({ type }) => type === 'CancellationRequested');
  return asked || order.shipments.some(({ status }) => status === 'dispatch_requested');
}
