import { createHash } from 'node:crypto';
import type { PlaceOrderBody } from '../../../api/orders.ts';
import { orderIdFor } from '../../shared/kernel/ids.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { Origin } from '../domain/commit.ts';
import { foldOrder } from '../domain/fold-order.ts';
import type { Order } from '../domain/order.ts';
import { placementCommit } from '../domain/placement-commit.ts';
import { type PricedProduct, priceOrder } from '../domain/price-order.ts';
import { tariffTable } from '../domain/shipping-charge.ts';
import { taxTable } from '../domain/tax.ts';
import type { ContactStore } from './contact-store.ts';
import type { OrderLog } from './order-log.ts';

export interface Placement {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly body: PlaceOrderBody;
  readonly origin: Origin;
}

export interface Placed {
  /** The order as it was when it was placed. */
  readonly order: Order;
  /** True when an earlier try of the request placed it. */
  readonly replayed: boolean;
}

type PlacementRefusal = Refusal<
  'UNKNOWN_SKU' | 'CURRENCY_NOT_SOLD' | 'AMOUNT_TOO_LARGE' | 'PRICE_CHANGED' | 'IDEMPOTENCY_KEY_REUSED'
>;

export const keyReused = () =>
  refuse('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with another request before.', [
    { path: 'headers.idempotency-key', message: 'used before' },
  ]);

/** A fingerprint of the request as it was parsed: the order of its fields does not matter, their values do. */
export function requestHashOf(body: PlaceOrderBody): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('base64url');
}

/**
 * Prices the order, stores the personal data, and commits version 1. The order's id follows from the customer and the
 * key, so a repetition at any later time meets the first order: it gets that order, or is refused if it asks for
 * something else.
 */
export function orderPlacement(deps: {
  log: OrderLog;
  contacts: ContactStore;
  products: (skus: readonly string[]) => Promise<ReadonlyMap<string, PricedProduct>>;
  clock: Clock;
}) {
  return async ({ customerId, idempotencyKey, body, origin }: Placement): Promise<Placed | PlacementRefusal> => {
    const orderId = orderIdFor(customerId, idempotencyKey);
    const requestHash = requestHashOf(body);
    const products = await deps.products(body.lines.map((line) => line.sku));
    const { currency, lines, expectedTotalMinor, shippingAddress, contact } = body;
    const request = { currency, lines, country: shippingAddress.country, expectedTotalMinor };
    const priced = priceOrder(request, products, tariffTable, taxTable);
    if (isRefusal(priced)) return (await placedBefore(deps.log, orderId, requestHash)) ?? priced;
    const stored = await deps.contacts.put({ orderId, requestHash, shippingAddress, contact });
    if (stored === 'reused') return keyReused();
    const commit = placementCommit({ orderId, customerId, requestHash }, body, priced, origin, deps.clock());
    if ((await deps.log.append(commit)) === 'conflict') {
      return (await placedBefore(deps.log, orderId, requestHash)) ?? keyReused();
    }
    return { order: placedOrder([commit]), replayed: false };
  };
}

/** The order as it was when it was placed, if the same request placed it before. */
async function placedBefore(log: OrderLog, orderId: string, requestHash: string): Promise<Placed | undefined> {
  const first = await log.first(orderId);
  if (first === undefined || first.requestHash !== requestHash) return undefined;
  return { order: placedOrder([first]), replayed: true };
}

function placedOrder(commits: Parameters<typeof foldOrder>[0]): Order {
  const order = foldOrder(commits);
  if (order === undefined) throw new Error('a placement without events');
  return order;
}
