import { randomUUID } from 'node:crypto';
import type * as z from 'zod/mini';
import type { PutProductBody } from '../../api/catalog.ts';
import type { stockResource } from '../../api/inventory.ts';
import type { listOrderEvents, OrderResource, OrderSummary, PlaceOrderBody } from '../../api/orders.ts';
import type { problem } from '../../api/vocabulary.ts';
import type { Parcel } from '../../functions/sandbox/domain/parcel.ts';
import type { Payment } from '../../functions/sandbox/domain/payment.ts';
import type { Local } from '../../local/index.ts';

/** An answer over HTTP with any status. `body` is undefined for an empty answer or one that is not JSON. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

export type Problem = z.output<typeof problem>;
export type Stock = z.output<typeof stockResource>;
export type OrderEventResource = z.output<typeof listOrderEvents.success.body>['items'][number];

/** An order, or a problem document; a test checks the status first. */
export type OrderAnswer = Answer<OrderResource & Omit<Problem, 'status'>>;

export interface Goods {
  /** Minor units by currency; ten euros by default. */
  readonly prices?: Readonly<Record<string, number>>;
  /** Units by location; none by default. */
  readonly stock?: Readonly<Record<string, number>>;
  readonly product?: Partial<PutProductBody>;
}

type Changes = Partial<Omit<PlaceOrderBody, 'shippingAddress' | 'contact'>> & {
  readonly shippingAddress?: Partial<PlaceOrderBody['shippingAddress']>;
};

const staff = 'sam:staff';
const warehouse = 'will:warehouse';

/** The body of an order of one unit of `sku` to Berlin, paid by a card that works; `changes` replaces fields. */
export function orderOf(sku: string, { shippingAddress, ...changes }: Changes = {}): PlaceOrderBody {
  return {
    currency: 'EUR',
    lines: [{ sku, quantity: 1 }],
    contact: { email: 'alice@example.com', phone: '+49 30 1234567' },
    paymentMethodId: 'pm_card_visa',
    ...changes,
    shippingAddress: {
      name: 'Alice Ahorn',
      line1: 'Hauptstraße 1',
      city: 'Berlin',
      postalCode: '10115',
      country: 'DE',
      ...shippingAddress,
    },
  };
}

/** The API of a running instance for its users, who are named `alice`, or `sam:staff` for a member of a group. */
export class Shop {
  readonly #local: Local;
  readonly #tokens = new Map<string, Promise<string>>();
  readonly #locations = new Set<string>();

  constructor(local: Local) {
    this.#local = local;
  }

  token(as: string): Promise<string> {
    const [sub = '', ...groups] = as.split(':');
    const token = this.#tokens.get(as) ?? this.#local.token({ sub, groups });
    this.#tokens.set(as, token);
    return token;
  }

  /** Sends a request as a user, or without a token for ''. A body of text or bytes is sent unchanged, any other as JSON. */
  async ask<Body>(
    as: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const raw = typeof body === 'string' || body instanceof Uint8Array || body === undefined;
    const response = await fetch(this.#local.url + path, {
      method,
      headers: {
        ...(as === '' ? {} : { authorization: `Bearer ${await this.token(as)}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: jsonIn(text) as Body, text };
  }

  /** Sends a request and throws with the whole answer unless it succeeds. */
  async must<Body>(...request: Parameters<Shop['ask']>): Promise<Body> {
    const answer = await this.ask<Body>(...request);
    if (answer.status < 300) return answer.body;
    throw new Error(`${request.slice(0, 3).join(' ')} answered ${answer.status}: ${answer.text}`);
  }

  /** Puts a product into the catalog and receives its stock. */
  async sell(sku: string, { prices = { EUR: 1_000 }, stock = {}, product }: Goods = {}): Promise<void> {
    await this.must(staff, 'PUT', `/catalog/${sku}`, {
      title: `Title of ${sku}`,
      prices: Object.entries(prices).map(([currency, amountMinor]) => ({ currency, amountMinor })),
      weightGrams: 500,
      active: true,
      ...product,
    });
    for (const [location, quantity] of Object.entries(stock)) await this.receive(sku, location, quantity);
  }

  /** Registers a location unless it exists. */
  async locate(location: string): Promise<void> {
    if (this.#locations.has(location)) return;
    const { status } = await this.ask(staff, 'GET', `/locations/${location}`);
    if (status === 404) await this.must(staff, 'PUT', `/locations/${location}`, { country: 'DE' });
    this.#locations.add(location);
  }

  async receive(sku: string, location: string, quantity: number, receiptId: string = randomUUID()): Promise<void> {
    await this.locate(location);
    await this.must(staff, 'POST', `/inventory/${sku}/receipts`, { receiptId, location, quantity });
  }

  place(as: string, body: unknown, idempotencyKey: string = randomUUID()): Promise<OrderAnswer> {
    return this.ask(as, 'POST', '/orders', body, { 'idempotency-key': idempotencyKey });
  }

  /** Places an order, waits for everything that follows, and returns the order as it is then. */
  async ordered(as: string, body: PlaceOrderBody): Promise<OrderResource> {
    const placed = await this.place(as, body);
    if (placed.status !== 201) throw new Error(`placing answered ${placed.status}: ${placed.text}`);
    await this.#local.settled();
    return this.order(placed.body.orderId);
  }

  order(orderId: string, as = staff): Promise<OrderResource> {
    return this.must(as, 'GET', `/orders/${orderId}`);
  }

  cancel(orderId: string, as = staff): Promise<OrderAnswer> {
    return this.ask(as, 'POST', `/orders/${orderId}/cancel`);
  }

  dispatch(orderId: string, shipmentId: string, as = warehouse): Promise<OrderAnswer> {
    return this.ask(as, 'POST', `/orders/${orderId}/shipments/${shipmentId}/dispatch`);
  }

  /** Dispatches all shipments of an order, one after the other, and returns the order as it is then. */
  async dispatched(order: OrderResource): Promise<OrderResource> {
    for (const { shipmentId } of order.shipments) {
      const answer = await this.dispatch(order.orderId, shipmentId);
      if (answer.status !== 202) throw new Error(`dispatch answered ${answer.status}: ${answer.text}`);
      await this.#local.settled();
    }
    return this.order(order.orderId);
  }

  async events(orderId: string): Promise<OrderEventResource[]> {
    const { items } = await this.must<{ items: OrderEventResource[] }>(staff, 'GET', `/orders/${orderId}/events`);
    return items;
  }

  /** The order in the list of its customer, if it is on the first page. */
  async summary(orderId: string): Promise<OrderSummary | undefined> {
    // The list of a customer is a single query; the list for staff takes dozens.
    const { customerId } = await this.order(orderId);
    const { items } = await this.must<{ items: OrderSummary[] }>(customerId, 'GET', '/orders?limit=100');
    return items.find((item) => item.orderId === orderId);
  }

  stock(sku: string): Promise<Stock> {
    return this.must(staff, 'GET', `/inventory/${sku}`);
  }

  /** The gateways' books for one order or for all: payments, and parcels with a label. */
  async books(orderId?: string): Promise<{ readonly payments: Payment[]; readonly parcels: Parcel[] }> {
    const [payments, parcels] = await Promise.all([this.#local.sandboxPayments(), this.#local.sandboxShipments()]);
    const wanted = (entry: Record<string, unknown>) =>
      entry.sk === 'book' && (orderId === undefined || entry.orderId === orderId);
    return {
      payments: payments.filter(wanted) as unknown as Payment[],
      parcels: parcels.filter((entry) => wanted(entry) && entry.status !== 'created') as unknown as Parcel[],
    };
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
