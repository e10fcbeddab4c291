import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { inParallel } from '../client/in-parallel.ts';
import { Shop } from '../client/shop.ts';
import { Instance } from '../instance/instance.ts';
import { Workload } from '../load/workload.ts';
import { meterReading } from './meter-reading.ts';
import { costPerOrder, type OrderCost } from './order-use.ts';

/** What an order uses from placement to confirmation, alone and among others, and what its dispatch adds. */
export interface MeasuredCosts {
  /** One order at a time, each after the end of the one before. The most expensive case; the budgets apply to it. */
  readonly alone: OrderCost;
  /** Many orders at once: a batch of a stream or queue has several of them. */
  readonly together: OrderCost;
  readonly dispatch: OrderCost;
}

const executions = z.array(z.object({ status: z.string() }));
const clientsAtOnce = 8;
/** Longer than the batching window of the views, so that it closes by time as in production. */
const windowMs = 1_300;
const giveUpMs = 60_000;
const warmUps = 5;

/** Counts what orders of one line use, on a separate instance with the log level of a deployed one. */
export async function measureCosts(orders: { alone: number; together: number }): Promise<MeasuredCosts> {
  const instance = await Instance.start({ durable: false, logLevel: 'INFO', schedules: false });
  const shop = new Shop(instance.url);
  try {
    const counted = new CountedOrders(instance, shop);
    await counted.warmUp();
    const { placed, cost: alone } = await counted.placeAlone(orders.alone);
    const dispatch = await counted.dispatchAlone(placed);
    const together = await counted.placeTogether(orders.together);
    return { alone, together, dispatch };
  } finally {
    shop.close();
    await instance.stop();
  }
}

interface Placed {
  readonly customerId: string;
  readonly orderId: string;
}

/** Places orders between a reset and a reading of the meter, without any other requests. */
class CountedOrders {
  readonly #instance: Instance;
  readonly #shop: Shop;
  readonly #workload = new Workload();
  #sagasBegun = 0;

  constructor(instance: Instance, shop: Shop) {
    this.#instance = instance;
    this.#shop = shop;
  }

  async warmUp(): Promise<void> {
    await this.#workload.prepare(this.#shop);
    for (let index = 0; index < warmUps; index++) await this.#placeOne();
    await this.#sagasEnd();
    // Stock announcements of the prepared products must not count as cost of the orders.
    await this.#shop.settle();
  }

  async placeAlone(orders: number): Promise<{ placed: Placed[]; cost: OrderCost }> {
    const placed: Placed[] = [];
    const cost = await this.#meter(orders, async () => {
      for (let index = 0; index < orders; index++) {
        placed.push(await this.#placeOne());
        await sleep(windowMs);
      }
    });
    return { placed, cost };
  }

  async dispatchAlone(placed: readonly Placed[]): Promise<OrderCost> {
    const shipments = await this.#shipmentsOf(placed);
    return this.#meter(placed.length, async () => {
      for (const { orderId, shipmentId } of shipments) {
        await this.#shop.requestDispatch(orderId, shipmentId);
        this.#sagasBegun += 1;
        await sleep(windowMs);
      }
    });
  }

  async placeTogether(orders: number): Promise<OrderCost> {
    const placed: Placed[] = [];
    const turns = Array.from({ length: orders }, (_, index) => index);
    const cost = await this.#meter(orders, () =>
      inParallel(turns, clientsAtOnce, async () => void placed.push(await this.#placeOne())),
    );
    await this.#shipmentsOf(placed);
    return cost;
  }

  async #placeOne(): Promise<Placed> {
    const { customerId, idempotencyKey, body } = this.#workload.next(1);
    const { order } = await this.#shop.placeOrder(customerId, idempotencyKey, body);
    this.#sagasBegun += 1;
    return { customerId, orderId: order.orderId };
  }

  async #meter(orders: number, act: () => Promise<void>): Promise<OrderCost> {
    await this.#shop.resetMeter();
    const loggedBefore = this.#instance.logBytes;
    await act();
    await this.#sagasEnd();
    const reading = await this.#shop.local('meter', meterReading);
    return costPerOrder(reading, orders, this.#instance.logBytes - loggedBefore);
  }

  /** Waits until every saga has ended and the batching windows have closed. */
  async #sagasEnd(): Promise<void> {
    const start = performance.now();
    for (;;) {
      const all = await this.#shop.local('executions', executions);
      const ended = all.filter(({ status }) => status !== 'RUNNING').length;
      if (ended >= this.#sagasBegun) break;
      if (performance.now() - start > giveUpMs) throw new Error(`${ended} of ${this.#sagasBegun} executions ended`);
      await sleep(200);
    }
    await sleep(windowMs);
  }

  /** @throws Error when an order is not confirmed, because the counts would not be those of a confirmed order. */
  async #shipmentsOf(placed: readonly Placed[]): Promise<{ orderId: string; shipmentId: string }[]> {
    const shipments: { orderId: string; shipmentId: string }[] = [];
    for (const { customerId, orderId } of placed) {
      const order = await this.#shop.order(customerId, orderId);
      if (order.status !== 'confirmed') throw new Error(`${orderId} is ${order.status}, must be confirmed`);
      for (const { shipmentId } of order.shipments) shipments.push({ orderId, shipmentId });
    }
    return shipments;
  }
}
