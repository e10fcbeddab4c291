import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Local } from '../../local/index.ts';
import { type Answer, orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { type Outsider, outsiderOf } from './outsider.ts';
import { writesTo } from './refused.ts';
import { type Signing, signedByCarrier, signedByPayment } from './signed.ts';

let local: Local;
let shop: Shop;
let outsider: Outsider;
let carrierSecret: string;
let paymentSecret: string;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, retryScale: 0.01, logLevel: 'SILENT' });
  shop = new Shop(local);
  outsider = outsiderOf(local);
  carrierSecret = await outsider.webhookSecret('carrier');
  paymentSecret = await outsider.webhookSecret('payment');
  await shop.sell('GLOBE', { stock: { BER: 50 } });
});

afterAll(() => local?.stop());

const post = (
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answer<Problem & { received?: boolean }>> => shop.ask('', 'POST', path, body, headers);
const carrierHeaders = (body: string, change: Partial<Signing> = {}) =>
  signedByCarrier(body, { secret: carrierSecret, ...change });
const paymentHeaders = (body: string, change: Partial<Signing> = {}) =>
  signedByPayment(body, { secret: paymentSecret, ...change });

const delivered = (shipmentId: string, status = 'delivered') =>
  JSON.stringify({
    id: `evt_${shipmentId}`,
    object: 'Event',
    description: 'tracker.updated',
    result: {
      object: 'Tracker',
      status,
      shipment_id: shipmentId,
      updated_at: '2026-11-20T10:00:00Z',
      tracking_details: [
        { status: 'in_transit', datetime: '2026-11-19T08:00:00Z' },
        { status, datetime: '2026-11-20T09:30:00Z' },
      ],
    },
  });

const report = (body: string) => post('/webhooks/carrier', body, carrierHeaders(body));

async function dispatchedOrder(sku = 'GLOBE', quantity = 1): Promise<OrderResource> {
  return shop.dispatched(await shop.ordered('alice', orderOf(sku, { lines: [{ sku, quantity }] })));
}

const parcelsOf = async ({ orderId }: OrderResource) => (await shop.books(orderId)).parcels;

describe('a report without a valid signature is refused and changes nothing:', () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const wrong = [
    { how: 'without a signature', carrier: () => ({}), payment: () => ({}) },
    {
      how: 'with another key',
      carrier: (body: string) => carrierHeaders(body, { secret: 'guess' }),
      payment: (body: string) => paymentHeaders(body, { secret: 'guess' }),
    },
    {
      how: 'for another body',
      carrier: (body: string) => carrierHeaders(`${body} `),
      payment: (body: string) => paymentHeaders(`${body} `),
    },
    {
      how: 'six minutes ago',
      carrier: (body: string) => carrierHeaders(body, { at: ago(360) }),
      payment: (body: string) => paymentHeaders(body, { at: ago(360) }),
    },
    {
      how: 'in six minutes',
      carrier: (body: string) => carrierHeaders(body, { at: ago(-360) }),
      payment: (body: string) => paymentHeaders(body, { at: ago(-360) }),
    },
    {
      how: 'with an empty secret',
      carrier: (body: string) => carrierHeaders(body, { secret: '' }),
      payment: (body: string) => paymentHeaders(body, { secret: '' }),
    },
    {
      how: 'for another endpoint, or with a malformed signature',
      carrier: (body: string) => carrierHeaders(body, { path: '/webhooks/payment' }),
      payment: () => ({ 'stripe-signature': 't=now,v1=,v1=ff,,=' }),
    },
    {
      how: "with the other gateway's secret",
      carrier: (body: string) => carrierHeaders(body, { secret: paymentSecret }),
      payment: (body: string) => paymentHeaders(body, { secret: carrierSecret }),
    },
  ];

  let order: OrderResource;
  let body: string;
  beforeAll(async () => {
    order = await dispatchedOrder();
    body = delivered((await parcelsOf(order))[0]?.id ?? '');
  });

  test.each(wrong)('$how', async ({ carrier, payment }) => {
    local.resetMeter();
    for (const [path, headers] of [
      ['/webhooks/carrier', carrier(body)],
      ['/webhooks/payment', payment(body)],
    ] as const) {
      const answer = await post(path, body, headers);
      expect(answer).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID', title: 'Unauthorized' } });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
    expect(writesTo(local)).toEqual({});
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'confirmed', fulfillmentStatus: 'shipped' });
  });

  test('and a signed report of anything that is not used here is accepted, so that it does not come again', async () => {
    const thin = '{"id":"evt_t","object":"v2.core.event","type":"v1.x.y","related_object":{}}';
    const batch = '{"id":"evt_b","description":"batch.updated","result":{"object":"Batch","status":{"created":1}}}';
    local.resetMeter();
    for (const other of ['', 'not json', '[]', '{}', '{"id":7}', thin, batch]) {
      const answers = [
        await post('/webhooks/carrier', other, carrierHeaders(other)),
        await post('/webhooks/payment', other, paymentHeaders(other)),
      ];
      for (const { status, body: answer } of answers) expect([status, answer.received]).toEqual([200, true]);
    }
    expect(writesTo(local)).toEqual({});
  });
});

describe('the report of a delivery', () => {
  test('completes the order once, for any number of deliveries', async () => {
    const order = await dispatchedOrder();
    const body = delivered((await parcelsOf(order))[0]?.id ?? '');
    for (const answer of [
      await report(body),
      ...(await Promise.all([report(body), report(body), report(body)])),
      await report(body),
    ]) {
      expect(answer).toMatchObject({ status: 200, body: { received: true } });
    }
    expect(await shop.order(order.orderId)).toMatchObject({
      status: 'completed',
      fulfillmentStatus: 'delivered',
      paymentStatus: 'captured',
      shipments: [{ status: 'delivered' }],
      version: order.version + 1,
    });
    expect((await shop.events(order.orderId)).slice(-2)).toMatchObject([
      { type: 'ShipmentDelivered', actor: 'webhook:carrier', data: { deliveredAt: '2026-11-20T09:30:00.000Z' } },
      { type: 'OrderCompleted' },
    ]);
    await local.settled();
    expect(await shop.summary(order.orderId)).toMatchObject({ status: 'completed', fulfillmentStatus: 'delivered' });
    expect((await shop.cancel(order.orderId)).status).toBe(409);
  });

  test('of one of two parcels leaves the order open until the other is delivered', async () => {
    await shop.sell('PAIR', { stock: { BER: 1, VIE: 1 } });
    const order = await dispatchedOrder('PAIR', 2);
    const [first, second] = await parcelsOf(order);
    await report(delivered(first?.id ?? ''));
    expect(await shop.order(order.orderId)).toMatchObject({
      status: 'confirmed',
      fulfillmentStatus: 'partially_delivered',
    });
    await report(delivered(second?.id ?? ''));
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'completed', fulfillmentStatus: 'delivered' });
  });

  test('that comes before the dispatch is kept, is shown to staff, and is recorded with the dispatch', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    expect(await report(delivered((await parcelsOf(order))[0]?.id ?? ''))).toMatchObject({ status: 200 });
    const reportedAt = { status: 'booked', deliveryReportedAt: '2026-11-20T09:30:00.000Z' };
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'confirmed', shipments: [reportedAt] });
    expect((await shop.order(order.orderId, 'alice')).shipments[0]).not.toHaveProperty('deliveryReportedAt');
    expect(await shop.dispatched(order)).toMatchObject({
      status: 'completed',
      paymentStatus: 'captured',
      fulfillmentStatus: 'delivered',
    });
  });

  test('of an unknown parcel, or of another tracking status, is accepted and changes nothing', async () => {
    const order = await dispatchedOrder();
    const parcel = (await parcelsOf(order))[0]?.id ?? '';
    const before = await shop.order(order.orderId);
    for (const body of [
      delivered('shp_00000000000000000000000000000000'),
      delivered(parcel, 'in_transit'),
      delivered(''),
      delivered(`shp_${'a'.repeat(5_000)}`),
    ]) {
      expect(await report(body)).toMatchObject({ status: 200, body: { received: true } });
    }
    expect(await shop.order(order.orderId)).toEqual(before);
  });
});

describe('the report of an authorization', () => {
  const authorized = (
    id: string,
    orderId: string,
    more: { readonly amount?: number; readonly currency?: string } = {},
  ) =>
    JSON.stringify({
      id: `evt_${id}`,
      type: 'payment_intent.amount_capturable_updated',
      data: { object: { id, ...more, metadata: { order_id: orderId } } },
    });
  const notify = (body: string) => post('/webhooks/payment', body, paymentHeaders(body));

  /** The late effect of a lost request, after its order has ended: the gateway authorizes. */
  async function lateAuthorization(
    { orderId, totals, currency }: OrderResource,
    payment = { amount: totals.totalMinor, currency: currency.toLowerCase() },
  ): Promise<string> {
    const form = new URLSearchParams({
      amount: String(payment.amount),
      currency: payment.currency,
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
      confirm: 'true',
      'metadata[order_id]': orderId,
    });
    const response = await fetch(`${local.sandboxUrl}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_late', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    return ((await response.json()) as { id: string }).id;
  }

  test('of a confirmed order changes nothing, for any number of deliveries', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    const [payment] = (await shop.books(order.orderId)).payments;
    for (let times = 0; times < 3; times++)
      expect((await notify(authorized(payment?.id ?? '', order.orderId))).status).toBe(200);
    expect(await shop.order(order.orderId)).toEqual(order);
    expect((await shop.books(order.orderId)).payments).toEqual([payment]);
    expect(await shop.dispatched(order)).toMatchObject({ paymentStatus: 'captured' });
  });

  test('that comes after its order was rejected leads to a void', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE', { paymentMethodId: 'pm_sandbox_error' }));
    expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'PAYMENT_UNAVAILABLE' } });
    const late = await lateAuthorization(order);
    expect((await shop.books(order.orderId)).payments).toMatchObject([{ id: late, status: 'requires_capture' }]);
    expect((await notify(authorized(late, order.orderId))).status).toBe(200);
    expect((await notify(authorized(late, order.orderId))).status).toBe(200);
    expect((await shop.books(order.orderId)).payments).toMatchObject([
      { id: late, status: 'canceled', capturableMinor: 0 },
    ]);
  });

  test('of a payment that the gateway does not have is accepted, also after the order was rejected', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE', { paymentMethodId: 'pm_sandbox_error' }));
    expect(order.status).toBe('rejected');
    expect(await notify(authorized('pi_none', order.orderId))).toMatchObject({ status: 200, body: { received: true } });
  });

  test.each([
    { what: 'another amount', payment: { amount: 500, currency: 'eur' } },
    { what: 'another currency', payment: { amount: 1_773, currency: 'usd' } },
  ])('of a payment of $what is accepted and leaves it alone, and the order can be cancelled', async ({ payment }) => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    const own = (await shop.books(order.orderId)).payments[0]?.id ?? '';
    const supplement = await lateAuthorization(order, payment);
    const report = authorized(supplement, order.orderId, payment);
    expect((await notify(report)).status).toBe(200);
    expect((await shop.cancel(order.orderId)).status).toBe(202);
    await local.settled();
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
    const { payments } = await shop.books(order.orderId);
    expect(Object.fromEntries(payments.map(({ id, status }) => [id, status]))).toEqual({
      [own]: 'canceled',
      [supplement]: 'requires_capture',
    });
    expect((await notify(report)).status).toBe(200);
  });

  test("that names another order's payment cancels nothing, also when its order is cancelled", async () => {
    const [one, other] = [await shop.ordered('alice', orderOf('GLOBE')), await shop.ordered('bob', orderOf('GLOBE'))];
    const theirs = (await shop.books(other.orderId)).payments[0]?.id ?? '';
    expect((await notify(authorized(theirs, one.orderId))).status).toBe(503);
    expect((await shop.cancel(one.orderId)).status).toBe(202);
    await local.settled();
    expect(await shop.order(one.orderId)).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
    expect((await shop.books(other.orderId)).payments).toMatchObject([{ status: 'requires_capture' }]);
    expect(await shop.dispatched(other)).toMatchObject({ paymentStatus: 'captured' });
  });

  test.each([
    { what: 'that is a path', id: 'pi_a/b' },
    { what: 'that leads elsewhere', id: 'pi_../../x?y' },
    { what: 'that is too long', id: `pi_${'x'.repeat(3_000)}` },
    { what: 'of another object', id: 'ch_123' },
  ])('of an id $what is accepted and stores nothing', async ({ id }) => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    const [before] = await outsider.count('GatewayRecords');
    expect((await notify(authorized(id, order.orderId))).status).toBe(200);
    expect(await outsider.count('GatewayRecords')).toEqual([before]);
  });

  test('of a second authorization of the same order voids the one that the order does not rely on', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    const [own] = (await shop.books(order.orderId)).payments;
    const second = await lateAuthorization(order);
    expect(second).not.toBe(own?.id);
    expect((await notify(authorized(second, order.orderId))).status).toBe(200);
    const { payments } = await shop.books(order.orderId);
    expect(payments.find(({ id }) => id === second)?.status).toBe('canceled');
    expect(payments.find(({ id }) => id === own?.id)?.status).toBe('requires_capture');
  });
});
