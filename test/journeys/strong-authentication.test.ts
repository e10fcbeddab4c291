import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

const returnUrl = 'https://shop.example.com/checkout/return';
const asking = 'pm_card_authenticationRequired';

/** Places an order whose payment the customer has to confirm, and returns it as its customer sees it then. */
async function awaited(local: Local, shop: Shop, sku: string, changes: object = {}): Promise<OrderResource> {
  const placed = await shop.place('alice', orderOf(sku, { paymentMethodId: asking, returnUrl, ...changes }));
  expect(placed).toMatchObject({ status: 201, body: { status: 'placed' } });
  await local.settled();
  return shop.order(placed.body.orderId, 'alice');
}

const answer = (order: OrderResource, as: 'approve' | 'refuse') =>
  fetch(order.payment.redirectUrl ?? '', {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `answer=${as}`,
  });

/** Expects that nothing is left of the order at the gateway, at the carrier and in the stock. */
async function leftNothing(shop: Shop, { orderId }: OrderResource, sku: string): Promise<void> {
  const { payments, parcels } = await shop.books(orderId);
  expect(payments.map(({ status, capturableMinor }) => [status, capturableMinor])).toEqual([['canceled', 0]]);
  expect(parcels.filter(({ status }) => status === 'bought')).toEqual([]);
  expect(await shop.stock(sku)).toMatchObject({ reserved: 0 });
}

describe('a payment that the customer has to confirm', () => {
  let local: Local;
  let shop: Shop;
  beforeAll(async () => {
    local = await startLocal({ port: 0, memory: true, retryScale: 0.01, schedules: false, logLevel: 'SILENT' });
    shop = new Shop(local);
    for (const sku of ['YES', 'NO', 'STOP']) await shop.sell(sku, { stock: { BER: 5 } });
  }, 180_000);
  afterAll(() => local?.stop());

  test('leaves the order placed, and its customer alone gets with what to confirm it', async () => {
    const order = await awaited(local, shop, 'YES');
    expect(order).toMatchObject({ status: 'placed', paymentStatus: 'action_required', version: 2 });
    const { clientSecret = '', redirectUrl = '', actionBefore = '' } = order.payment;
    expect(clientSecret).toMatch(/^pi_\w+_secret_\w+$/);
    expect(redirectUrl).toMatch(/^http:.*\/challenges\/pi_\w+-\w{32}$/);
    const secondsLeft = (Date.parse(actionBefore) - Date.now()) / 1_000;
    expect(secondsLeft).toBeGreaterThan(600);
    expect(secondsLeft).toBeLessThan(900);
    for (const other of ['sam:staff', 'will:warehouse']) {
      const seen = await shop.order(order.orderId, other);
      expect(seen.payment).toEqual({ authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0, actionBefore });
    }
    const events = JSON.stringify(await shop.events(order.orderId));
    expect(events).toContain('PaymentActionRequired');
    expect(events).not.toContain(clientSecret);
    expect(events).not.toContain('challenges');
    expect(await shop.summary(order.orderId)).toMatchObject({ paymentStatus: 'action_required' });
    expect(local.executions(order.orderId).map(({ status }) => status)).toEqual(['SUCCEEDED']);
  });

  test('confirms the order when it is approved, and returns the customer to the shop', async () => {
    // With the customer's consent to save the payment method.
    const order = await awaited(local, shop, 'YES', { savePaymentMethod: true });
    const page = await fetch(order.payment.redirectUrl ?? '');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Approve')]);
    const approved = await answer(order, 'approve');
    const location = new URL(approved.headers.get('location') ?? '');
    expect([approved.status, location.origin + location.pathname]).toEqual([303, returnUrl]);
    expect(location.searchParams.get('redirect_status')).toBe('succeeded');
    await local.settled();
    const confirmed = await shop.order(order.orderId, 'alice');
    expect(confirmed).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
    expect(confirmed.payment).not.toHaveProperty('clientSecret');
    const again = await answer(order, 'refuse');
    expect(again.headers.get('location')).toContain('redirect_status=succeeded');
    await local.settled();
    const shipped = await shop.dispatched(await shop.order(order.orderId));
    expect(shipped).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
    expect((await shop.books(order.orderId)).payments).toMatchObject([{ status: 'succeeded', refundedMinor: 0 }]);
  });

  test('rejects the order as declined when it is refused', async () => {
    const order = await awaited(local, shop, 'NO');
    const refused = await answer(order, 'refuse');
    expect(refused.headers.get('location')).toContain('redirect_status=failed');
    await local.settled();
    const rejected = await shop.order(order.orderId);
    expect(rejected).toMatchObject({
      ...{ status: 'rejected', paymentStatus: 'declined' },
      rejection: { code: 'PAYMENT_DECLINED' },
    });
    await leftNothing(shop, order, 'NO');
  });

  test('is cancelled with the order, at once', async () => {
    const order = await awaited(local, shop, 'STOP');
    expect((await shop.cancel(order.orderId, 'alice')).status).toBe(202);
    await local.settled();
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'cancelled' });
    await leftNothing(shop, order, 'STOP');
    expect((await answer(order, 'approve')).headers.get('location')).toContain('redirect_status=failed');
  });

  test('is not asked for when the card does not want it, and a return URL with a query is refused', async () => {
    const order = await shop.ordered('alice', orderOf('YES', { returnUrl }));
    expect(order).toMatchObject({ status: 'confirmed', version: 2 });
    for (const wrong of ['http://shop.example.com/', 'https://shop.example.com/?email=a@b.c', 'javascript:alert(1)']) {
      expect(await shop.place('alice', orderOf('YES', { returnUrl: wrong }))).toMatchObject({ status: 400 });
    }
  });
});

describe('a payment that the customer does not confirm in time', () => {
  /** The confirmation counts for four fifths of it. */
  const holdSeconds = 15;
  let local: Local;
  let shop: Shop;
  beforeAll(async () => {
    const context = { holdSeconds: String(holdSeconds) };
    local = await startLocal({
      port: 0,
      memory: true,
      retryScale: 0.01,
      schedules: false,
      logLevel: 'SILENT',
      context,
    });
    shop = new Shop(local);
    for (const sku of ['CLOSED', 'LATE', 'LOST']) await shop.sell(sku, { stock: { BER: 5 } });
    await shop.sell('EBOOK', { product: { digital: true } });
    // Starts the functions, which takes as long as the hold on a busy machine.
    await shop.ordered('alice', orderOf('CLOSED'));
  }, 180_000);
  afterAll(() => local?.stop());

  const until = (instant: string, more = 0) => sleep(Math.max(0, Date.parse(instant) - Date.now()) + more);
  const poll = async () => {
    await local.invoke('ResumeUnfinished', {});
    await local.settled();
  };

  test('ends with the order rejected, when the browser is closed and nothing is reported', async () => {
    const { reserved } = await shop.stock('CLOSED');
    const order = await awaited(local, shop, 'CLOSED');
    await poll();
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'placed', version: 2 });
    await until(order.payment.actionBefore ?? '', 300);
    await poll();
    expect(await shop.order(order.orderId)).toMatchObject({
      ...{ status: 'rejected', paymentStatus: 'declined' },
      rejection: { code: 'PAYMENT_ACTION_EXPIRED' },
    });
    expect((await shop.books(order.orderId)).payments).toMatchObject([{ status: 'canceled', capturableMinor: 0 }]);
    expect((await shop.stock('CLOSED')).reserved).toBe(reserved);
  }, 90_000);

  test('ends a digital order, which holds no stock, in the same way', async () => {
    const order = await awaited(local, shop, 'EBOOK');
    await until(order.payment.actionBefore ?? '', 300);
    await poll();
    expect(await shop.order(order.orderId)).toMatchObject({
      ...{ status: 'rejected', rejection: { code: 'PAYMENT_ACTION_EXPIRED' }, shipments: [] },
    });
    expect((await shop.books(order.orderId)).payments).toMatchObject([{ status: 'canceled', capturableMinor: 0 }]);
  }, 90_000);

  test('goes on when it was approved and the report was lost', async () => {
    const order = await awaited(local, shop, 'LOST');
    local.invokeFaults.add({ kind: 'fail', function: 'ReceivePaymentWebhook', error: 'Lost', times: 3 });
    await answer(order, 'approve');
    await local.settled();
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'placed', paymentStatus: 'action_required' });
    await until(order.payment.actionBefore ?? '', 100);
    await poll();
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized' });
  }, 90_000);

  test('is released, never kept, when it is approved after the hold has ended', async () => {
    const order = await awaited(local, shop, 'LATE');
    await until(order.placedAt, holdSeconds * 1_000 + 1_000);
    const approved = await answer(order, 'approve');
    expect(approved.status).toBe(303);
    await local.settled();
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'rejected', rejection: { code: 'HOLD_EXPIRED' } });
    await leftNothing(shop, order, 'LATE');
  }, 90_000);
});
