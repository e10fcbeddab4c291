import type { OrderResource } from '../../api/orders.ts';
import { Follower } from '../client/follow.ts';
import { inParallel } from '../client/in-parallel.ts';
import { type Shop, ShopRefused } from '../client/shop.ts';
import type { PlannedOrder } from './plan.ts';

/** An order that was placed and came to an end: confirmed, rejected or held. */
export interface EndedOrder {
  readonly planned: PlannedOrder;
  /** As the API showed it at the end. */
  readonly order: OrderResource;
  /** True when an earlier run had placed it. */
  readonly wasThere: boolean;
  readonly placeMs: number;
  /** From sending the request to the time that the log gives its last commit. */
  readonly endMs: number;
}

export interface PlacedOrders {
  readonly ended: readonly EndedOrder[];
  /** Placements that the shop refused, by code, and those given up after faults. */
  readonly failed: readonly { readonly planned: PlannedOrder; readonly reason: string }[];
  readonly seconds: number;
}

/** Places the orders, `concurrency` at a time, and follows each one to its end before its customer's next. */
export async function placeOrders(
  shop: Shop,
  orders: readonly PlannedOrder[],
  concurrency: number,
  onStep: () => void,
): Promise<PlacedOrders> {
  const ended: EndedOrder[] = [];
  const failed: { planned: PlannedOrder; reason: string }[] = [];
  const follower = new Follower();
  const startedAt = Date.now();
  const start = performance.now();
  await inParallel(orders, concurrency, async (planned) => {
    try {
      ended.push(await placeAndFollow(shop, follower, planned, startedAt));
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
  follower: Follower,
  planned: PlannedOrder,
  startedAt: number,
): Promise<EndedOrder> {
  const { customerId, idempotencyKey, body } = planned;
  const placed = await shop.placeOrder(customerId, idempotencyKey, body);
  // A day later the answer is no longer marked as a replay; its time tells all the same.
  const wasThere = placed.replayed || Date.parse(placed.order.placedAt) < startedAt;
  const ask = () => shop.order(customerId, placed.order.orderId);
  const order = wasThere ? await askedAtOnce(ask, follower) : await follower.until(ask, endedAt);
  return { planned, order, wasThere, placeMs: placed.ms, endMs: Date.parse(order.updatedAt) - placed.sentAt };
}

async function askedAtOnce(ask: () => Promise<OrderResource>, follower: Follower): Promise<OrderResource> {
  const order = await ask();
  return endedAt(order) === undefined ? follower.until(ask, endedAt) : order;
}

function endedAt(order: OrderResource): number | undefined {
  return order.status === 'placed' ? undefined : Date.parse(order.updatedAt);
}
