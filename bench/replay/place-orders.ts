import type { OrderResource } from '../../api/orders.ts';
import { inParallel } from '../client/in-parallel.ts';
import { Poller } from '../client/poller.ts';
import { type Shop, ShopRefused } from '../client/shop.ts';
import type { PlannedOrder } from './plan.ts';

/** An order that was placed and reached an end: confirmed, rejected or on hold. */
export interface EndedOrder {
  readonly planned: PlannedOrder;
  /** The API's last answer. */
  readonly order: OrderResource;
  /** Whether an earlier run had placed it. */
  readonly placedBefore: boolean;
  readonly placeMs: number;
  /** Milliseconds from sending the request to the time of the last commit in the order's log. */
  readonly endMs: number;
}

export interface PlacedOrders {
  readonly ended: readonly EndedOrder[];
  /** Placements that were rejected, with the code, or failed after repeated faults. */
  readonly failed: readonly { readonly planned: PlannedOrder; readonly reason: string }[];
  readonly seconds: number;
}

/** Places the orders, `concurrency` at a time, each followed to its end. */
export async function placeOrders(
  shop: Shop,
  orders: readonly PlannedOrder[],
  concurrency: number,
  onStep: () => void,
): Promise<PlacedOrders> {
  const ended: EndedOrder[] = [];
  const failed: { planned: PlannedOrder; reason: string }[] = [];
  const poller = new Poller();
  const startedAt = Date.now();
  const start = performance.now();
  await inParallel(orders, concurrency, async (planned) => {
    try {
      ended.push(await placeAndFollow(shop, poller, planned, startedAt));
    } catch (error) {
      const reason = error instanceof ShopRefused ? error.code : (error as Error).message;
      failed.push({ planned, reason });
    }
    onStep();
  });
  return { ended, failed, seconds: (performance.now() - start) / 1000 };
}

async function placeAndFollow(
  shop: Shop,
  poller: Poller,
  planned: PlannedOrder,
  startedAt: number,
): Promise<EndedOrder> {
  const { customerId, idempotencyKey, body } = planned;
  const placed = await shop.placeOrder(customerId, idempotencyKey, body);
  // A day later the idempotency record has expired and the answer is not marked as replayed; its time still shows it.
  const placedBefore = placed.replayed || Date.parse(placed.order.placedAt) < startedAt;
  const read = () => shop.order(customerId, placed.order.orderId);
  const order = placedBefore ? await readAtOnce(read, poller) : await poller.until(read, endedAt);
  return { planned, order, placedBefore, placeMs: placed.ms, endMs: Date.parse(order.updatedAt) - placed.sentAt };
}

async function readAtOnce(read: () => Promise<OrderResource>, poller: Poller): Promise<OrderResource> {
  const order = await read();
  return endedAt(order) === undefined ? poller.until(read, endedAt) : order;
}

function endedAt(order: OrderResource): number | undefined {
  return order.status === 'placed' ? undefined : Date.parse(order.updatedAt);
}
