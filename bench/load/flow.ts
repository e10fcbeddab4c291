import type { OrderResource } from '../../api/orders.ts';
import { Poller } from '../client/poller.ts';
import type { Shop } from '../client/shop.ts';
import type { PlannedPlacement } from './workload.ts';

/** Milliseconds from sending the placement. All but `placeMs` end at times from the order's log. */
export interface FlowTimes {
  /** Until the answer to the placement. */
  readonly placeMs: number;
  readonly confirmedMs: number;
  readonly dispatchedMs: number;
}

/** An order reached a state other than the expected one. */
class FlowFailed extends Error {}

/** Runs orders from the placement to the dispatch of every shipment and the capture of the payment. */
export class Flows {
  readonly #shop: Shop;
  readonly #untilConfirmed = new Poller();
  readonly #untilDispatched = new Poller();

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  /** Polls of an order's state so far. Their cost is part of the system's figures. */
  get polls(): number {
    return this.#untilConfirmed.polls + this.#untilDispatched.polls;
  }

  /** Places an order and waits until it is confirmed. */
  async confirmed(planned: PlannedPlacement): Promise<{ order: OrderResource; placeMs: number; confirmedMs: number }> {
    const { customerId, idempotencyKey, body } = planned;
    const placed = await this.#shop.placeOrder(customerId, idempotencyKey, body);
    const read = () => this.#shop.order(customerId, placed.order.orderId);
    const order = await this.#untilConfirmed.until(read, confirmedAt);
    return { order, placeMs: placed.ms, confirmedMs: Date.parse(order.updatedAt) - placed.sentAt };
  }

  /** Places an order, waits until it is confirmed, dispatches it, and waits until it is paid and shipped. */
  async dispatched(planned: PlannedPlacement): Promise<FlowTimes> {
    const { order, placeMs, confirmedMs } = await this.confirmed(planned);
    const sentAt = Date.parse(order.updatedAt) - confirmedMs;
    for (const { shipmentId } of order.shipments) await this.#shop.requestDispatch(order.orderId, shipmentId);
    const read = () => this.#shop.order(planned.customerId, order.orderId);
    const done = await this.#untilDispatched.until(read, dispatchedAt);
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
