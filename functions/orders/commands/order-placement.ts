import { createHash } from 'node:crypto';
import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { CartPricing, CartRefusal, PricedOrder } from '../../pricing/index.ts';
import { orderIdFor } from '../../shared/kernel/ids.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import { addSeconds, type Clock } from '../../shared/kernel/time.ts';
import { cartOf } from '../domain/cart.ts';
import type { Commit, Origin } from '../domain/commit.ts';
import { foldOrder } from '../domain/fold-order.ts';
import { lineNotesOf } from '../domain/line-notes.ts';
import type { Order } from '../domain/order.ts';
import { placementCommit } from '../domain/placement-commit.ts';
import type { ContactStore } from './contact-store.ts';
import type { OrderLog } from './order-log.ts';

/**
 * Lifetime of a contact whose order was not placed, because the request was interrupted and never repeated. The consumer of
 * the log that keeps the contacts of placed orders has that long, also after it failed and is run again by hand.
 */
const unplacedSeconds = 30 * 24 * 60 * 60;

export interface Placement {
  readonly customerId: string;
  readonly idempotencyKey: string;
  readonly body: PlaceOrderBody;
  readonly origin: Origin;
}

export interface Placed {
  /** The order as it was when it was placed. */
  readonly order: Order;
  /** True when an earlier attempt of the same request placed it. */
  readonly replayed: boolean;
}

type PlacementRefusal = CartRefusal | Refusal<'IDEMPOTENCY_KEY_REUSED' | 'ADDRESS_REQUIRED'>;

export const keyReused = () =>
  refuse('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with another request before.', [
    { path: 'headers.idempotency-key', message: 'used before' },
  ]);

/**
 * A hash of the parsed request. It depends on the values of the fields and not on their order in the request, and a default
 * that the request states is the same as one that it leaves out. Address and contact can be confirmed with it by guessing,
 * so it is stored only where they are, and in idempotency records, which expire.
 */
export function requestHashOf(body: PlaceOrderBody): string {
  return hashOf(withoutDefaults(body));
}

/** The same of the request without its personal data, to which the notes on lines belong. It may be stored in the log. */
export function termsHashOf({ shippingAddress, contact, ...terms }: PlaceOrderBody): string {
  const lines = terms.lines.map(({ lineNote: _personal, ...line }) => line);
  return hashOf(withoutDefaults({ ...terms, lines }));
}

function withoutDefaults<
  Body extends Pick<PlaceOrderBody, 'allowSplitShipments' | 'savePaymentMethod' | 'discountCodes'>,
>(body: Body) {
  const { allowSplitShipments, savePaymentMethod, discountCodes = [], ...rest } = body;
  return {
    ...rest,
    ...(allowSplitShipments === false ? { allowSplitShipments } : {}),
    ...(savePaymentMethod === true ? { savePaymentMethod } : {}),
    ...(discountCodes.length > 0 ? { discountCodes } : {}),
  };
}

function hashOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}

/**
 * Prices an order, stores its personal data and commits version 1. The order id is derived from the customer and the
 * idempotency key, so a repeated request finds the first order at any later time: it gets that order, or
 * `IDEMPOTENCY_KEY_REUSED` when its body differs. After the personal data of an order have been erased, they are not
 * compared any more.
 */
export function orderPlacement(deps: {
  log: OrderLog;
  contacts: ContactStore;
  pricing: Pick<CartPricing, 'price'>;
  clock: Clock;
}) {
  return async ({ customerId, idempotencyKey, body, origin }: Placement): Promise<Placed | PlacementRefusal> => {
    const orderId = orderIdFor(customerId, idempotencyKey);
    const requestHash = requestHashOf(body);
    const termsHash = termsHashOf(body);
    const request = { orderId, requestHash, termsHash };
    const { lines, shippingAddress, contact } = body;
    const priced = await deps.pricing.price(cartOf(body, { customerId, orderId }));
    if (isRefusal(priced)) return (await placedBefore(deps, request)) ?? priced;
    const refused = withoutAddress(priced as PricedOrder, body);
    if (refused !== undefined) return (await placedBefore(deps, request)) ?? refused;
    const record = { orderId, requestHash, shippingAddress, contact, lineNotes: lineNotesOf(lines) };
    const stored = await deps.contacts.put(record, addSeconds(deps.clock(), unplacedSeconds));
    if (stored === 'reused') return keyReused();
    const commit = placementCommit({ orderId, customerId, termsHash }, body, priced, origin, deps.clock());
    if ((await deps.log.append(commit)) === 'conflict') {
      return (await placedBefore(deps, request)) ?? keyReused();
    }
    return { order: orderAfter(commit), replayed: false };
  };
}

/** The refusal of an order that has something to ship and no address. */
function withoutAddress(
  { lines }: PricedOrder,
  { shippingAddress }: PlaceOrderBody,
): Refusal<'ADDRESS_REQUIRED'> | undefined {
  const shipped = lines.find(({ digital }) => digital !== true);
  if (shippingAddress !== undefined || shipped === undefined) return undefined;
  const message = `required, because ${shipped.sku} is shipped`;
  return refuse('ADDRESS_REQUIRED', 'The order has products that are shipped.', [{ path: 'shippingAddress', message }]);
}

interface Stores {
  readonly log: OrderLog;
  readonly contacts: ContactStore;
}

interface Hashed {
  readonly orderId: string;
  readonly requestHash: string;
  readonly termsHash: string;
}

/** The order as it was when it was placed, if the same request has placed it. */
async function placedBefore(stores: Stores, request: Hashed): Promise<Placed | undefined> {
  const first = await stores.log.first(request.orderId);
  if (first === undefined || !(await isSameRequest(stores, first, request))) return undefined;
  return { order: orderAfter(first), replayed: true };
}

async function isSameRequest({ contacts }: Stores, first: Commit, request: Hashed): Promise<boolean> {
  // The first release hashed the whole request.
  if (first.termsHash === undefined) return first.requestHash === request.requestHash;
  if (first.termsHash !== request.termsHash) return false;
  const kept = await contacts.find(request.orderId);
  return kept === undefined || kept.requestHash === request.requestHash;
}

/** The order after its first commit. */
function orderAfter(first: Commit): Order {
  const order = foldOrder([first]);
  if (order === undefined) throw new Error(`order ${first.orderId}: commit 1 is empty`);
  return order;
}
