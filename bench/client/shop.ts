import * as z from 'zod/mini';
import { type PutProductBody, productResource } from '../../api/catalog.ts';
import { type ReceiveStockBody, stockResource } from '../../api/inventory.ts';
import { type OrderResource, orderResource, type PlaceOrderBody } from '../../api/orders.ts';
import { Counts } from '../statistics/counts.ts';
import { type JsonAnswer, JsonHttp, type JsonRequest } from './json-http.ts';

/** The API rejected the request (4xx); the same request must not be repeated. */
export class ShopRefused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(request: JsonRequest, status: number, code: string, detail: string) {
    super(`${request.method} ${request.path}: ${status} ${code} ${detail}`);
    this.status = status;
    this.code = code;
  }
}

export interface PlacementAnswer {
  readonly order: OrderResource;
  /** Whether it is the answer of an earlier request with the same key. */
  readonly replayed: boolean;
  /** Milliseconds of the request that was answered, without earlier attempts. */
  readonly ms: number;
  /** When that request was sent, in Unix milliseconds. */
  readonly sentAt: number;
}

type Stock = z.output<typeof stockResource>;

/** Attempts of one request: with faults, and with throttling. */
const maxFaults = 4;
const maxThrottles = 100;
/** Enough for a long queue on a busy machine. */
const maxSettleMs = 10 * 60_000;
const problemBody = z.object({ code: z.optional(z.string()), detail: z.optional(z.string()) });
const tokenBody = z.object({ access_token: z.string() });

/**
 * A client of the HTTP API. Throttled requests (429, 409 in progress) and faults (5xx, no answer) are counted and repeated
 * with the same idempotency keys.
 */
export class Shop {
  readonly #http: JsonHttp;
  readonly #tokens = new Map<string, Promise<string>>();
  /** Locations that this client has registered. */
  readonly #locations = new Set<string>();
  /** Answers 5xx and missing answers by request and status, including those that a repetition solved. */
  readonly faults = new Counts();
  throttled = 0;

  constructor(baseUrl: string) {
    this.#http = new JsonHttp(baseUrl);
  }

  close(): void {
    this.#http.close();
  }

  /** A token of the local runner; cached. */
  tokenFor(sub: string, ...groups: readonly string[]): Promise<string> {
    const key = [sub, ...groups].join(' ');
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const token = this.#send({ method: 'POST', path: '/_local/token', body: { sub, groups } }).then(
      (answer) => tokenBody.parse(answer.body).access_token,
    );
    this.#tokens.set(key, token);
    return token;
  }

  async putProduct(sku: string, body: PutProductBody): Promise<void> {
    const answer = await this.#asStaff({ method: 'PUT', path: `/catalog/${sku}`, body });
    productResource.parse(answer.body);
  }

  /** Books stock. Its location is registered first. */
  async receiveStock(sku: string, body: ReceiveStockBody): Promise<void> {
    if (!this.#locations.has(body.location)) {
      await this.#asStaff({ method: 'PUT', path: `/locations/${body.location}`, body: { country: 'DE' } });
      this.#locations.add(body.location);
    }
    await this.#asStaff({ method: 'POST', path: `/inventory/${sku}/receipts`, body });
  }

  async stockOf(sku: string): Promise<Stock> {
    return stockResource.parse((await this.#asStaff({ method: 'GET', path: `/inventory/${sku}` })).body);
  }

  async placeOrder(customerId: string, idempotencyKey: string, body: PlaceOrderBody): Promise<PlacementAnswer> {
    return this.#place(await this.tokenFor(customerId), idempotencyKey, body);
  }

  /** Places an order as staff, for the customer that the body names. */
  async placeOrderFor(idempotencyKey: string, body: { readonly customerId: string }): Promise<PlacementAnswer> {
    return this.#place(await this.#staffToken(), idempotencyKey, body);
  }

  async #place(token: string, idempotencyKey: string, body: object): Promise<PlacementAnswer> {
    const headers = { 'idempotency-key': idempotencyKey };
    const answer = await this.#send({ method: 'POST', path: '/orders', token, headers, body });
    return {
      order: orderResource.parse(answer.body),
      replayed: answer.headers['idempotent-replayed'] === 'true',
      ms: answer.ms,
      sentAt: performance.timeOrigin + performance.now() - answer.ms,
    };
  }

  /** The order, requested with its customer's token. */
  async order(customerId: string, orderId: string): Promise<OrderResource> {
    const token = await this.tokenFor(customerId);
    return orderResource.parse((await this.#send({ method: 'GET', path: `/orders/${orderId}`, token })).body);
  }

  async requestDispatch(orderId: string, shipmentId: string): Promise<OrderResource> {
    const token = await this.tokenFor('warehouse', 'warehouse');
    const path = `/orders/${orderId}/shipments/${shipmentId}/dispatch`;
    return orderResource.parse((await this.#send({ method: 'POST', path, token })).body);
  }

  /** A resource of the local runner under `/_local/`. */
  async local<S extends z.ZodMiniType>(name: string, schema: S): Promise<z.output<S>> {
    return schema.parse((await this.#send({ method: 'GET', path: `/_local/${name}` })).body);
  }

  async resetMeter(): Promise<void> {
    await this.#send({ method: 'POST', path: '/_local/meter/reset' });
  }

  /** Waits until the local runner has no work left; closes batching windows early. */
  async settle(): Promise<void> {
    await this.#send({ method: 'POST', path: '/_local/settled', timeoutMs: maxSettleMs });
  }

  async #asStaff(request: JsonRequest): Promise<JsonAnswer> {
    return this.#send({ ...request, token: await this.#staffToken() });
  }

  #staffToken(): Promise<string> {
    return this.tokenFor('back-office', 'staff');
  }

  async #send(request: JsonRequest): Promise<JsonAnswer> {
    let throttles = 0;
    let faults = 0;
    for (;;) {
      const answer = await this.#http.send(request).catch((error: Error) => error);
      const status = answer instanceof Error ? 0 : answer.status;
      if (!(answer instanceof Error) && status >= 200 && status < 300) return answer;
      const { code = '', detail = '' } = problemOf(answer);
      if (status === 0 || status >= 500) {
        this.faults.add(`${request.method} ${patternOf(request.path)} ${status || 'no answer'} ${code}`.trim());
        faults += 1;
        if (faults >= maxFaults) throw new Error(`${request.method} ${request.path}: ${status} ${code} ${detail}`);
      } else if (status === 429 || code === 'IDEMPOTENCY_IN_PROGRESS') {
        this.throttled += 1;
        throttles += 1;
        if (throttles >= maxThrottles) throw new ShopRefused(request, status, code, detail);
      } else {
        throw new ShopRefused(request, status, code, detail);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, 25 * 2 ** (throttles + faults))));
    }
  }
}

function problemOf(answer: JsonAnswer | Error): { code?: string | undefined; detail?: string | undefined } {
  if (answer instanceof Error) return { detail: answer.message };
  const problem = problemBody.safeParse(answer.body);
  return problem.success ? problem.data : {};
}

/** `/orders/ord_1/cancel` becomes `/orders/{}/cancel`. */
function patternOf(path: string): string {
  return path.replace(/^(\/[^/_]+\/)[^/]+/, '$1{}');
}
