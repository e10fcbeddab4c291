import type { OrderResource } from '../../api/orders.ts';
import { Follower } from '../client/follow.ts';
import type { Shop } from '../client/shop.ts';
import type { PlannedPlacement } from './workload.ts';

/** Milliseconds from sending the placement, by the log's own times but for `placeMs`. */
export interface FlowTimes {
  /** Until the answer to the placement was there. */
  readonly placeMs: number;
  readonly confirmedMs: number;
  readonly dispatchedMs: number;
}

/** An order did not get where it should have. */
export class FlowFailed extends Error {}

/** Orders on their way: from the customer's request to a parcel that has left and money that was taken. */
export class Flows {
  readonly #shop: Shop;
  readonly #untilConfirmed = new Follower();
  readonly #untilDispatched = new Follower();

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  /** Questions after an order's state so far. Their cost is in the system's figures. */
  get questions(): number {
    return this.#untilConfirmed.questions + this.#untilDispatched.questions;
  }

  /** Places an order and waits until it is confirmed. */
  async confirmed(planned: PlannedPlacement): Promise<{ order: OrderResource; placeMs: number; confirmedMs: number }> {
    const { customerId, idempotencyKey, body } = planned;
    const placed = await this.#shop.placeOrder(customerId, idempotencyKey, body);
    const ask = () => this.#shop.order(customerId, placed.order.orderId);
    const order = await this.#untilConfirmed.until(ask, confirmedAt);
    return { order, placeMs: placed.ms, confirmedMs: Date.parse(order.updatedAt) - placed.sentAt };
  }

  /** Does the whole flow. */
  async dispatched(planned: PlannedPlacement): Promise<FlowTimes> {
    const { order, placeMs, confirmedMs } = await this.confirmed(planned);
    const sentAt = Date.parse(order.updatedAt) - confirmedMs;
    for (const { shipmentId } of order.shipments) await this.#shop.requestDispatch(order.orderId, shipmentId);
    const ask = () => this.#shop.order(planned.customerId, order.orderId);
    const done = await this.#untilDispatched.until(ask, dispatchedAt);
    return { placeMs, confirmedMs, dispatchedMs: Date.parse(done.updatedAt) - sentAt };
  }
}

function confirmedAt(order: OrderResource): number | undefined {
  if (order.status === 'placed') return undefined;
  if (order.status !== 'confirmed') throw unexpected(order);
  return Date.parse(order.updatedAt);
}

function dispatchedAt(order: OrderResource): number | undefined {
  if (order.status !== 'confirmed' && order.status !== 'completed') throw unexpected(order);
  const isDone = order.fulfillmentStatus === 'shipped' && order.paymentStatus === 'captured';
  return isDone ? Date.parse(order.updatedAt) : undefined;
}

function unexpected({ orderId, status, rejection, hold }: OrderResource): FlowFailed {
  return new FlowFailed(`${orderId} is ${status}: ${JSON.stringify(rejection ?? hold)}`);
}
