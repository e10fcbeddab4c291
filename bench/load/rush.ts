import * as z from 'zod/mini';
import type { OrderResource } from '../../api/orders.ts';
import { inParallel } from '../client/in-parallel.ts';
import type { Shop } from '../client/shop.ts';
import { Counts } from '../statistics/counts.ts';
import { offerProduct, orderBody } from './workload.ts';

const buyers = 300;
const units = 100;

/** The result of a rush, measured and checked. */
export interface RushResult {
  readonly buyers: number;
  readonly units: number;
  readonly seconds: number;
  /** Orders by their final status and reason. */
  readonly outcomes: Counts;
  /** Answers 5xx and missing answers. */
  readonly faults: number;
  readonly stock: { readonly onHand: number; readonly available: number; readonly reserved: number };
  /** Open payments and parcels according to the gateways, of confirmed orders and of all others. */
  readonly payments: { readonly confirmed: number; readonly leftOver: number };
  readonly parcels: { readonly confirmed: number; readonly leftOver: number };
  readonly deadLetters: number;
  /** Violated expectations; empty when there are none. */
  readonly defects: readonly string[];
}

const payments = z.array(z.object({ orderId: z.string(), status: z.string() }));
const parcels = z.array(z.object({ orderId: z.string(), status: z.string() }));
const deadLetters = z.array(z.unknown());

/** Places 300 orders at once for 100 units: exactly 100 must be confirmed, and the others must leave nothing behind. */
export async function runRush(shop: Shop): Promise<RushResult> {
  const run = Date.now().toString(36);
  const sku = `RUSH-${run}`;
  await offerProduct(shop, sku, units);
  const customers = Array.from({ length: buyers }, (_, index) => `rush-${run}-${index}`);
  await inParallel(customers, 8, async (customer) => void (await shop.tokenFor(customer)));
  const faultsBefore = shop.faults.total;
  const start = performance.now();
  const placed = await Promise.all(
    customers.map((customer) => shop.placeOrder(customer, `rush-${customer}`, orderBody([{ sku, quantity: 1 }]))),
  );
  // Polling by three hundred buyers would be as much load as the rush itself.
  await shop.settle();
  const seconds = (performance.now() - start) / 1000;
  const orders = await Promise.all(placed.map(({ order }) => shop.order(order.customerId, order.orderId)));
  const outcomes = new Counts();
  for (const order of orders) outcomes.add(outcomeOf(order));
  const confirmed = new Set(orders.filter(({ status }) => status === 'confirmed').map(({ orderId }) => orderId));
  const others = new Set(orders.map(({ orderId }) => orderId).filter((orderId) => !confirmed.has(orderId)));
  const open = (book: z.output<typeof payments>, dead: readonly string[], ids: ReadonlySet<string>) =>
    book.filter(({ orderId, status }) => ids.has(orderId) && !dead.includes(status)).length;
  const paid = await shop.local('sandbox/payments', payments);
  const sent = await shop.local('sandbox/shipments', parcels);
  const { onHand, available, reserved } = await shop.stockOf(sku);
  const result = {
    buyers,
    units,
    seconds,
    outcomes,
    faults: shop.faults.total - faultsBefore,
    stock: { onHand, available, reserved },
    payments: {
      confirmed: open(paid, ['canceled'], confirmed),
      leftOver: open(paid, ['canceled'], others),
    },
    parcels: {
      confirmed: open(sent, ['created', 'refunded'], confirmed),
      leftOver: open(sent, ['created', 'refunded'], others),
    },
    deadLetters: (await shop.local('deadletters', deadLetters)).length,
  };
  return { ...result, defects: defectsOf(result) };
}

/** The violated expectations of a rush, one text each. */
export function defectsOf(result: Omit<RushResult, 'defects'>): string[] {
  const { outcomes, faults, stock } = result;
  const must = (what: string, is: number, be: number) => (is === be ? [] : [`${what}: ${is}, must be ${be}`]);
  return [
    ...must('confirmed', outcomes.of('confirmed'), result.units),
    ...must('rejected OUT_OF_STOCK', outcomes.of('rejected OUT_OF_STOCK'), result.buyers - result.units),
    ...must('faults', faults, 0),
    ...must('units on hand', stock.onHand, result.units),
    ...must('units available', stock.available, 0),
    ...must('units reserved', stock.reserved, result.units),
    ...must('payments of confirmed orders', result.payments.confirmed, result.units),
    ...must('payments left over', result.payments.leftOver, 0),
    ...must('parcels of confirmed orders', result.parcels.confirmed, result.units),
    ...must('parcels left over', result.parcels.leftOver, 0),
    ...must('dead letters', result.deadLetters, 0),
  ];
}

function outcomeOf({ status, rejection, hold }: OrderResource): string {
  return [status, rejection?.code ?? hold?.reason].filter((part) => part !== undefined).join(' ');
}
