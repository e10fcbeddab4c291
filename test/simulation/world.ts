import type { OrderResource } from '../../api/orders.ts';
import { orderIdFor } from '../../functions/shared/kernel/ids.ts';
import type { LocalOptions } from '../../local/index.ts';
import { Stage } from '../sagas/stage.ts';
import { type OrderAnswer, orderOf } from '../support/orders.ts';
import { type Happening, skus, stockAtFirst } from './story.ts';

type Placement = Extract<Happening, { kind: 'place' }>;

/**
 * How often a client repeats a request that was not answered, or answered 5xx or IDEMPOTENCY_IN_PROGRESS. After a crash a
 * request counts as in progress for the longest time that its function could have run.
 */
const patience = 60;
const pauseMs = 50;
const maxPauseMs = 1_000;

/** A shop with concurrent requests, which may crash and restart. */
export class World {
  readonly #options: LocalOptions;
  #stage: Promise<Stage>;
  /** Placements by order id, in the order in which they were sent. */
  readonly placements = new Map<string, Placement>();
  /** Units received, by SKU and location. */
  readonly received: Record<string, Record<string, number>> = {};

  constructor(options: LocalOptions) {
    this.#options = options;
    this.#stage = Stage.open(options);
  }

  get stage(): Promise<Stage> {
    return this.#stage;
  }

  async open(): Promise<void> {
    const { shop } = await this.#stage;
    for (const sku of skus) {
      await shop.sell(sku);
      for (const [location, quantity] of Object.entries(stockAtFirst)) await this.#receive(sku, location, quantity);
    }
  }

  /** Stops as in a crash, and starts again with the same data. */
  async crash(): Promise<void> {
    const before = await this.#stage;
    this.#stage = before.local.kill().then(() => Stage.open({ ...this.#options, fresh: false }));
    await this.#stage;
  }

  async close(): Promise<void> {
    await (await this.#stage).close();
  }

  async happen(happening: Happening): Promise<void> {
    switch (happening.kind) {
      case 'place':
        return this.#place(happening);
      case 'place again':
        return this.#with(happening.order, (orderId, placement) => this.#send(orderId, placement));
      case 'cancel':
        return this.#with(happening.order, async (orderId) => {
          await this.#ask((stage) => stage.shop.cancel(orderId), [202, 404, 409]);
        });
      case 'dispatch':
        return this.#with(happening.order, (orderId) => this.dispatch(orderId, happening.shipment));
      case 'deliver again':
        return this.#with(happening.order, async (orderId) => {
          const stage = await this.#stage;
          if (stage.hasMessage(orderId, happening.starter)) {
            await stage.redeliver(orderId, happening.starter).catch(() => undefined);
          }
        });
      case 'receive':
        return this.#receive(happening.sku, 'BER', happening.quantity);
      case 'sweep':
        await (await this.#stage).local.invoke('ResumeUnfinished', {}).catch(() => undefined);
        return;
      case 'lose executions':
        return this.#with(happening.order, async (orderId) => (await this.#stage).local.loseExecutions(orderId));
      case 'freeze':
        (await this.#stage).local.freeze(happening.milliseconds);
        return;
      case 'trouble':
        (await this.#stage).local.faults.add(...happening.faults.map((fault) => ({ ...fault })));
    }
  }

  async dispatch(orderId: string, nth: number): Promise<void> {
    const order = await this.order(orderId);
    const shipment = order?.shipments[nth % Math.max(1, order.shipments.length)];
    if (shipment === undefined) return;
    await this.#ask((stage) => stage.shop.dispatch(orderId, shipment.shipmentId), [202, 409]);
  }

  async order(orderId: string): Promise<OrderResource | undefined> {
    const answer = await this.#ask<OrderAnswer>(
      (stage) => stage.shop.ask('sam:staff', 'GET', `/orders/${orderId}`),
      [200, 404],
    );
    return answer.status === 200 ? answer.body : undefined;
  }

  async #place(placement: Placement): Promise<void> {
    const key = `key-${this.placements.size}`;
    const orderId = orderIdFor(placement.customer, key);
    this.placements.set(orderId, placement);
    (await this.#stage).injectFaults(orderId, ...placement.injectedFaults);
    await this.#send(orderId, placement);
  }

  async #send(orderId: string, placement: Placement): Promise<void> {
    const key = `key-${[...this.placements.keys()].indexOf(orderId)}`;
    const { customer, lines, paymentMethodId, postalCode } = placement;
    const body = orderOf('', { lines: [...lines], paymentMethodId, shippingAddress: { postalCode } });
    const answer = await this.#ask((stage) => stage.shop.place(customer, body, key), [201]);
    if (answer.body.orderId !== orderId) throw new Error(`${key} placed ${answer.body.orderId}, not ${orderId}`);
  }

  async #receive(sku: string, location: string, quantity: number): Promise<void> {
    const before = this.received[sku]?.[location] ?? 0;
    const receiptId = `${sku}-${location}-${before}`;
    this.received[sku] = { ...this.received[sku], [location]: before + quantity };
    const path = `/inventory/${sku}/receipts`;
    await this.#ask((stage) => stage.shop.ask('sam:staff', 'PUT', `/locations/${location}`, { country: 'DE' }), [200]);
    await this.#ask((stage) => stage.shop.ask('sam:staff', 'POST', path, { receiptId, location, quantity }), [201]);
  }

  async #with(order: number, act: (orderId: string, placement: Placement) => Promise<void>): Promise<void> {
    const known = [...this.placements];
    const found = known[order % Math.max(1, known.length)];
    if (found !== undefined) await act(...found);
  }

  /** Sends a request until it has an expected answer; an unanswered request is repeated unchanged. */
  async #ask<A extends { status: number; text: string }>(
    ask: (stage: Stage) => Promise<A>,
    allowed: readonly number[],
  ): Promise<A> {
    let last: unknown;
    for (let attempt = 0; attempt < patience; attempt++) {
      const answer = await ask(await this.#stage).catch((error: Error) => error);
      if (!(answer instanceof Error) && allowed.includes(answer.status)) return answer;
      last = answer instanceof Error ? answer : new Error(`${answer.status}: ${answer.text}`);
      const mayPass = answer instanceof Error || answer.status >= 500 || answer.text.includes('IN_PROGRESS');
      if (!mayPass) break;
      await new Promise((resolve) => setTimeout(resolve, Math.min(maxPauseMs, pauseMs * (attempt + 1))));
    }
    throw last;
  }
}
