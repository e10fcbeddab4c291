import '../scripts/node-version.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ApiClient } from './api-client.ts';

interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly fulfillmentStatus: string;
  readonly totals: { readonly totalMinor: number };
  readonly rejection?: { readonly code: string };
  readonly shipments: readonly {
    readonly shipmentId: string;
    readonly carrier: string;
    readonly trackingCode: string;
  }[];
}

interface OrderEvent {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
}

interface Scene {
  readonly title: string;
  readonly sku: string;
  readonly quantity: number;
  readonly paymentMethodId: string;
  readonly postalCode: string;
  /** The action after the order is confirmed. */
  readonly afterwards?: 'dispatch' | 'cancel';
}

const GOOD = { sku: 'MUG-BLUE', quantity: 2, paymentMethodId: 'pm_card_visa', postalCode: '10115' };

const SCENES: readonly Scene[] = [
  { ...GOOD, title: 'all goes well, and the warehouse dispatches it', afterwards: 'dispatch' },
  { ...GOOD, title: 'more than there is in stock', sku: 'SAMOVAR', quantity: 3 },
  { ...GOOD, title: 'the card is declined', paymentMethodId: 'pm_card_chargeDeclined' },
  { ...GOOD, title: 'the carrier refuses the address', postalCode: '00000' },
  { ...GOOD, title: 'the gateway fails twice, then works', paymentMethodId: 'pm_sandbox_flaky' },
  { ...GOOD, title: 'no single location has so many: two parcels', sku: 'TEAPOT', quantity: 45, afterwards: 'cancel' },
  { ...GOOD, title: 'the customer changes their mind', afterwards: 'cancel' },
];

/** States in which no saga runs. */
const RESTING = new Set(['confirmed', 'rejected', 'cancelled', 'on_hold', 'completed']);
const TIMEOUT_MS = 60_000;
/** How often the order's history is read. */
const POLL_MS = 50;

const CUSTOMER = 'alice';
const WAREHOUSE = 'walter:warehouse';

/** Places one order and prints its history as it happens. */
async function play(
  api: ApiClient,
  { title, sku, quantity, paymentMethodId, postalCode, afterwards }: Scene,
): Promise<void> {
  console.log(`\n${title}: ${quantity} x ${sku}, ${paymentMethodId}, postal code ${postalCode}`);
  const body = {
    currency: 'EUR',
    lines: [{ sku, quantity }],
    shippingAddress: { name: 'Alice', line1: 'Hauptstr. 1', city: 'Berlin', postalCode, country: 'DE' },
    contact: { email: 'alice@example.com' },
    paymentMethodId,
  };
  const key = { 'idempotency-key': `demo-${Date.now()}-${Math.random()}` };
  const { orderId } = await api.call<Order>(CUSTOMER, 'POST', '/orders', body, key);
  const printed = new Set<string>();
  let order = await follow(api, orderId, printed, ({ status }) => RESTING.has(status));
  if (afterwards === 'dispatch' && order.status === 'confirmed') {
    for (const { shipmentId } of order.shipments) {
      await api.call(WAREHOUSE, 'POST', `/orders/${orderId}/shipments/${shipmentId}/dispatch`);
    }
    order = await follow(api, orderId, printed, ({ fulfillmentStatus }) => fulfillmentStatus === 'shipped');
  }
  if (afterwards === 'cancel') {
    await api.call(CUSTOMER, 'POST', `/orders/${orderId}/cancel`);
    order = await follow(api, orderId, printed, ({ status }) => status === 'cancelled');
  }
  console.log(`  ${orderId}  ${summary(order)}`);
}

/**
 * Prints new events of the order's history until the order has the expected state. Rejects when that takes too long.
 */
async function follow(
  api: ApiClient,
  orderId: string,
  printed: Set<string>,
  isWanted: (order: Order) => boolean,
): Promise<Order> {
  for (const start = Date.now(); Date.now() - start < TIMEOUT_MS; await sleep(POLL_MS)) {
    const order = await api.call<Order>(CUSTOMER, 'GET', `/orders/${orderId}`);
    const { items } = await api.call<{ items: OrderEvent[] }>(CUSTOMER, 'GET', `/orders/${orderId}/events`);
    for (const { eventId, type, occurredAt } of items) {
      if (printed.has(eventId)) continue;
      printed.add(eventId);
      console.log(`  ${occurredAt.slice(11, 23)}  ${type}`);
    }
    if (isWanted(order)) return order;
  }
  throw new Error(`order ${orderId} has not arrived there after ${TIMEOUT_MS / 1000} s`);
}

function summary({ status, paymentStatus, fulfillmentStatus, rejection, totals, shipments }: Order): string {
  const parcels = shipments.map(({ carrier, trackingCode }) => `${carrier} ${trackingCode}`).join(', ');
  const reason = rejection ? ` (${rejection.code})` : '';
  const amount = `EUR ${(totals.totalMinor / 100).toFixed(2)}`;
  return `${status}${reason}, payment ${paymentStatus}, ${fulfillmentStatus}, ${amount}${parcels ? `, ${parcels}` : ''}`;
}

async function main(): Promise<void> {
  const { url } = parseArgs({ options: { url: { type: 'string' } } }).values;
  if (url) return playAll(url);
  const { startLocal } = await import('./start-local.ts');
  const { seed } = await import('./seed.ts');
  const local = await startLocal({ memory: true, logLevel: 'SILENT' });
  try {
    await seed(local.url);
    await playAll(local.url);
  } finally {
    await local.stop();
  }
}

async function playAll(url: string): Promise<void> {
  const api = new ApiClient(url.replace(/\/$/, ''));
  for (const scene of SCENES) await play(api, scene);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
