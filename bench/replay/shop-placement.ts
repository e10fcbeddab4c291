import type { OrderResource } from '../../api/orders.ts';
import { Poller } from '../client/poller.ts';
import type { Shop } from '../client/shop.ts';
import type { PlannedOrder } from './order-body.ts';
import type { EndedOrder, SalePlacement } from './place-sales.ts';

/** Places orders through the HTTP API: as staff for the customer, and reads them with the customer's token. */
export class ShopPlacement implements SalePlacement {
  readonly #shop: Shop;
  readonly #dispatches: boolean;
  readonly #untilEnded = new Poller();
  readonly #untilDispatched = new Poller();
  readonly #startedAt = Date.now();

  /** @param dispatches whether the parcels of confirmed orders are handed over, which captures the payment */
  constructor(shop: Shop, dispatches: boolean) {
    this.#shop = shop;
    this.#dispatches = dispatches;
  }

  async placeSale(planned: PlannedOrder): Promise<EndedOrder> {
    const placed = await this.#shop.placeOrderFor(planned.idempotencyKey, planned.body);
    // A day later the idempotency record has expired and the answer is not marked as replayed; its time still shows it.
    const placedBefore = placed.replayed || Date.parse(placed.order.placedAt) < this.#startedAt;
    const read = () => this.#shop.order(planned.body.customerId, placed.order.orderId);
    const ended = placedBefore ? await this.#readAtOnce(read) : await this.#untilEnded.until(read, endedAt);
    const endMs = Date.parse(ended.updatedAt) - placed.sentAt;
    const order = this.#dispatches && ended.status === 'confirmed' ? await this.#dispatch(ended, read) : ended;
    return { planned, order, placedBefore, placeMs: placed.ms, endMs };
  }

  async #readAtOnce(read: () => Promise<OrderResource>): Promise<OrderResource> {
    const order = await read();
    return endedAt(order) === undefined ? this.#untilEnded.until(read, endedAt) : order;
  }

  async #dispatch(order: OrderResource, read: () => Promise<OrderResource>): Promise<OrderResource> {
    for (const { shipmentId, status } of order.shipments)
      if (status === 'booked') await this.#shop.requestDispatch(order.orderId, shipmentId);
    return this.#untilDispatched.until(read, dispatchedAt);
  }
}

function endedAt(order: OrderResource): number | undefined {
  return order.status === 'placed' ? undefined : Date.parse(order.updatedAt);
}

/** An order that is held, for a capture that failed, goes no further by itself. */
function dispatchedAt(order: OrderResource): number | undefined {
  const waits = order.shipments.some(({ status }) => status === 'booked' || status === 'dispatch_requested');
  return waits && order.status === 'confirmed' ? undefined : Date.parse(order.updatedAt);
}
