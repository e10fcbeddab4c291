import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
<<<<<<< HEAD
import { type Local, startLocal } from '../../local/index.ts';
=======
import type { Local } from '../../local/local.ts';
>>>>>>> aws
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

describe('a report that was not signed as it should be is refused and changes nothing:', () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const wrong = [
    { how: 'without a signature', carrier: () => ({}), payment: () => ({}) },
    {
      how: 'by somebody else',
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
      how: 'for another endpoint, or with nonsense',
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

  test('and one that is signed but says nothing is refused for that', async () => {
    for (const nothing of ['', 'not json', '[]', '{}', '{"id":7}']) {
      const answers = [
        await post('/webhooks/carrier', nothing, carrierHeaders(nothing)),
        await post('/webhooks/payment', nothing, paymentHeaders(nothing)),
      ];
      for (const { status, body: problem } of answers)
        expect([status, problem.code]).toEqual([400, 'VALIDATION_FAILED']);
    }
  });
});

describe('the report of a delivery', () => {
  test('completes the order, once, however often it comes', async () => {
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

  test('of one of two parcels leaves the order open until the other is there too', async () => {
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

  test('that comes before we know that the parcel left is asked for again later', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    const body = delivered((await parcelsOf(order))[0]?.id ?? '');
    const early = await report(body);
    expect(early).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect(early.headers.get('retry-after')).toBe('1');
    await shop.dispatched(order);
    expect((await report(body)).status).toBe(200);
    expect(await shop.order(order.orderId)).toMatchObject({ status: 'completed' });
  });

  test('of a parcel that is not ours, or of any other progress, is taken and changes nothing', async () => {
    const order = await dispatchedOrder();
    const parcel = (await parcelsOf(order))[0]?.id ?? '';
    const before = await shop.order(order.orderId);
    for (const body of [
      delivered('shp_00000000000000000000000000000000'),
      delivered(parcel, 'in_transit'),
      delivered(''),
    ]) {
      expect(await report(body)).toMatchObject({ status: 200, body: { received: true } });
    }
    expect(await shop.order(order.orderId)).toEqual(before);
  });
});

describe('the report of an authorization', () => {
  const authorized = (id: string, orderId: string) =>
    JSON.stringify({
      id: `evt_${id}`,
      type: 'payment_intent.amount_capturable_updated',
      data: { object: { id, metadata: { order_id: orderId } } },
    });
  const notify = (body: string) => post('/webhooks/payment', body, paymentHeaders(body));

  /** What a lost request may do long after its order ended: the gateway authorizes. */
  async function lateAuthorization(orderId: string): Promise<string> {
    const form = new URLSearchParams({
      amount: '1000',
      currency: 'eur',
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

  test('of a confirmed order changes nothing, however often it comes', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    const [payment] = (await shop.books(order.orderId)).payments;
    for (let times = 0; times < 3; times++)
      expect((await notify(authorized(payment?.id ?? '', order.orderId))).status).toBe(200);
    expect(await shop.order(order.orderId)).toEqual(order);
    expect((await shop.books(order.orderId)).payments).toEqual([payment]);
    expect(await shop.dispatched(order)).toMatchObject({ paymentStatus: 'captured' });
  });

  test('that turns up after its order was rejected is answered by giving the money back', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE', { paymentMethodId: 'pm_sandbox_error' }));
    expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'PAYMENT_UNAVAILABLE' } });
    const late = await lateAuthorization(order.orderId);
    expect((await shop.books(order.orderId)).payments).toMatchObject([{ id: late, status: 'requires_capture' }]);
    expect((await notify(authorized(late, order.orderId))).status).toBe(200);
    expect((await notify(authorized(late, order.orderId))).status).toBe(200);
    expect((await shop.books(order.orderId)).payments).toMatchObject([
      { id: late, status: 'canceled', capturableMinor: 0 },
    ]);
  });

  test('of a second authorization of the same order gives back the one that the order does not count on', async () => {
    const order = await shop.ordered('alice', orderOf('GLOBE'));
    const [own] = (await shop.books(order.orderId)).payments;
    const second = await lateAuthorization(order.orderId);
    expect(second).not.toBe(own?.id);
    expect((await notify(authorized(second, order.orderId))).status).toBe(200);
    const { payments } = await shop.books(order.orderId);
    expect(payments.find(({ id }) => id === second)?.status).toBe('canceled');
    expect(payments.find(({ id }) => id === own?.id)?.status).toBe('requires_capture');
  });
});
