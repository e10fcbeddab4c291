import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { OrderResource, OrderSummary } from '../../api/orders.ts';
import { definitionOf } from '../../events/catalog.ts';
import type { Local } from '../../local/index.ts';
import { type OrderAnswer, type OrderEventResource, orderOf, Shop, type Stock } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { outsiderOf } from './outsider.ts';
import { appWithPartner, type BusMessage, receivedBy } from './partner.ts';

let local: Local;
let shop: Shop;
let partner: Awaited<ReturnType<typeof appWithPartner>>;

beforeAll(async () => {
  partner = await appWithPartner();
  local = await startLocal({ port: 0, memory: true, assembly: partner.assembly });
  shop = new Shop(local);
});

afterAll(async () => {
  await local?.stop();
  partner?.remove();
});

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const body = orderOf('MUG', {
  lines: [
    { sku: 'MUG', quantity: 3 },
    { sku: 'TRAY', quantity: 1 },
  ],
  locale: 'de-DE',
});

/** 3 mugs and a tray weigh 1,700 g: one further kilogram of shipping; Germany charges 19 % on goods and shipping. */
const totals = { subtotalMinor: 7_370, shippingMinor: 580, taxMinor: 1_511, shippingTaxMinor: 110, totalMinor: 9_461 };
const tax = { taxBasisPoints: 1_900 };
const lines = [
  {
    lineId: '1',
    sku: 'MUG',
    title: 'Mug',
    quantity: 3,
    unitPriceMinor: 1_290,
    totalMinor: 3_870,
    taxMinor: 736,
    ...tax,
  },
  {
    ...{ lineId: '2', sku: 'TRAY', title: 'Title of TRAY', quantity: 1 },
    ...{ unitPriceMinor: 3_500, totalMinor: 3_500, taxMinor: 665, ...tax },
  },
];
const packed = lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));

describe('an order from placement to dispatch', () => {
  let answer: OrderAnswer;
  let confirmed: OrderResource;
  let stockWhenConfirmed: Stock;
  let summaryWhenConfirmed: OrderSummary | undefined;
  let requested: OrderAnswer;
  let dispatched: OrderResource;
  let history: OrderEventResource[];
  let heard: BusMessage[];

  beforeAll(async () => {
    await shop.sell('MUG', {
      prices: { EUR: 1_290, USD: 1_390 },
      stock: { BER: 10 },
      product: { title: 'Mug', weightGrams: 400 },
    });
    await shop.sell('TRAY', { prices: { EUR: 3_500 }, stock: { BER: 4 } });
    answer = await shop.ask('alice', 'POST', '/orders', body, {
      'idempotency-key': 'happy-1',
      'x-correlation-id': 'basket-4711',
      traceparent,
    });
    const { orderId } = answer.body;
    await local.settled();
    confirmed = await shop.order(orderId, 'alice');
    stockWhenConfirmed = await shop.stock('MUG');
    summaryWhenConfirmed = await shop.summary(orderId);
    requested = await shop.dispatch(orderId, confirmed.shipments[0]?.shipmentId ?? '');
    await local.settled();
    dispatched = await shop.order(orderId, 'alice');
    history = await shop.events(orderId);
    heard = (await receivedBy(outsiderOf(local))).filter(({ detail }) => detail.orderId === orderId);
  });

  test('a placed order is answered at once, priced from the catalog, with nothing reserved yet', () => {
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('location')).toBe(`/orders/${answer.body.orderId}`);
    expect(answer.headers.get('idempotent-replayed')).toBeNull();
    expect(answer.body).toEqual({
      orderId: expect.stringMatching(/^ord_[0-9A-Z]{26}$/),
      customerId: 'alice',
      status: 'placed',
      paymentStatus: 'none',
      fulfillmentStatus: 'unfulfilled',
      currency: 'EUR',
      lines,
      totals,
      taxIncluded: false,
      discounts: [],
      shippingAddress: body.shippingAddress,
      contact: body.contact,
      shipments: [],
      payment: { authorizedMinor: 0, capturedMinor: 0, refundedMinor: 0 },
      payments: [],
      placedAt: expect.stringMatching(isoInstant),
      updatedAt: answer.body.placedAt,
      version: 1,
    });
  });

  test('a confirmed order has its stock held, its money authorized and a parcel booked', () => {
    expect(confirmed).toEqual({
      ...answer.body,
      status: 'confirmed',
      paymentStatus: 'authorized',
      fulfillmentStatus: 'booked',
      shipments: [
        {
          shipmentId: expect.stringMatching(/^shp_[0-9A-Z]{26}$/),
          status: 'booked',
          location: 'BER',
          carrier: 'SandboxPost',
          trackingCode: expect.stringMatching(/^9400\d{18}$/),
          lines: packed,
        },
      ],
      payment: { authorizedMinor: totals.totalMinor, capturedMinor: 0, refundedMinor: 0 },
      payments: [
        {
          ...{ purpose: 'order', authorizedMinor: totals.totalMinor, capturedMinor: 0, releasedMinor: 0 },
          ...{ refundedMinor: 0, voided: false, captureBefore: expect.stringMatching(isoInstant) },
        },
      ],
      updatedAt: expect.stringMatching(isoInstant),
      version: 2,
    });
    expect(confirmed.updatedAt > confirmed.placedAt).toBe(true);
  });

  test('stock is reserved when the order is confirmed and booked out when it is dispatched', async () => {
    expect(stockWhenConfirmed).toEqual({
      sku: 'MUG',
      onHand: 10,
      available: 7,
      reserved: 3,
      safety: 0,
      locations: [{ location: 'BER', onHand: 10, available: 7, reserved: 3, safety: 0, shipped: 0 }],
    });
    expect(await shop.stock('MUG')).toEqual({
      sku: 'MUG',
      onHand: 7,
      available: 7,
      reserved: 0,
      safety: 0,
      locations: [{ location: 'BER', onHand: 7, available: 7, reserved: 0, safety: 0, shipped: 3 }],
    });
    expect(await shop.stock('TRAY')).toMatchObject({ onHand: 3, available: 3, reserved: 0 });
  });

  test('a dispatch is acknowledged at once, and then the payment is captured', () => {
    expect(requested.status).toBe(202);
    expect(requested.body).toMatchObject({
      status: 'confirmed',
      version: 3,
      shipments: [{ status: 'dispatch_requested' }],
    });
    expect(requested.body).not.toHaveProperty('shippingAddress');
    const [shipment] = confirmed.shipments;
    expect(dispatched).toEqual({
      ...confirmed,
      paymentStatus: 'captured',
      fulfillmentStatus: 'shipped',
      shipments: [{ ...shipment, status: 'dispatched' }],
      payment: { authorizedMinor: totals.totalMinor, capturedMinor: totals.totalMinor, refundedMinor: 0 },
      payments: [{ ...confirmed.payments[0], capturedMinor: totals.totalMinor }],
      updatedAt: expect.stringMatching(isoInstant),
      version: 4,
    });
  });

  test('the label is a PDF that names the parcel', async () => {
    const path = `/orders/${confirmed.orderId}/shipments/${confirmed.shipments[0]?.shipmentId}/label`;
    const headers = { authorization: `Bearer ${await shop.token('wim:warehouse')}` };
    const response = await fetch(local.url + path, { headers });
    const pdf = Buffer.from(await response.arrayBuffer()).toString('latin1');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(pdf.slice(0, 5)).toBe('%PDF-');
    expect(pdf.trimEnd().endsWith('%%EOF')).toBe(true);
    expect(pdf.length).toBeGreaterThan(1_500);
    expect(pdf).toContain('/Type /Page');
  });

  test('the history has every step once, without gaps, with its actor', () => {
    expect(history.map(({ sequence, index, type, actor }) => [sequence, index, type, actor])).toEqual([
      [1, 0, 'OrderPlaced', 'customer:alice'],
      [2, 0, 'StockReserved', 'saga:order'],
      [2, 1, 'PaymentAuthorized', 'saga:order'],
      [2, 2, 'ShipmentBooked', 'saga:order'],
      [2, 3, 'OrderConfirmed', 'saga:order'],
      [3, 0, 'DispatchRequested', 'warehouse:will'],
      [4, 0, 'PaymentCaptured', 'saga:dispatch'],
      [4, 1, 'ShipmentDispatched', 'saga:dispatch'],
    ]);
  });

  test('a subscriber of the bus receives the history, each event matching its definition', () => {
    const { orderId } = answer.body;
    heard.sort((a, b) => a.detail.sequence - b.detail.sequence || a.detail.index - b.detail.index);
    expect(heard.map(({ detail }) => detail.eventId)).toEqual(history.map(({ eventId }) => eventId));
    for (const [index, message] of heard.entries()) {
      const { detail } = message;
      expect(message).toMatchObject({ source: 'oms.orders', 'detail-type': detail.type });
      expect(detail.orderId).toBe(orderId);
      expect(detail.data).toEqual(history[index]?.data);
      expect(z.safeParse(definitionOf(detail.type, detail.version).data, detail.data).success).toBe(true);
    }
    expect(heard.map(({ detail }) => detail.count)).toEqual([1, 4, 4, 4, 4, 1, 2, 2]);
  });

  test('every event that a request causes has its correlation id and its trace', () => {
    const ofPlacement = heard.filter(({ detail }) => detail.sequence <= 2).map(({ detail }) => detail);
    expect(ofPlacement).toHaveLength(5);
    for (const detail of ofPlacement) expect(detail).toMatchObject({ correlationId: 'basket-4711', traceparent });
    const ofDispatch = new Set(
      heard.filter(({ detail }) => detail.sequence > 2).map(({ detail }) => detail.correlationId),
    );
    expect(ofDispatch.size).toBe(1);
    expect(ofDispatch).not.toContain('basket-4711');
  });

  test("neither the history nor the bus contains the customer's name or address", () => {
    for (const personal of ['Ahorn', 'Hauptstra', '10115', 'alice@example.com', '1234567']) {
      expect(JSON.stringify([history, heard])).not.toContain(personal);
    }
  });

  test('lists show the order as it is', async () => {
    const { orderId, customerId, currency, placedAt } = confirmed;
    const summary = {
      orderId,
      customerId,
      currency,
      totals: { totalMinor: 9_461 },
      lineCount: 2,
      unitCount: 4,
      placedAt,
    };
    expect(summaryWhenConfirmed).toEqual({
      ...summary,
      status: 'confirmed',
      paymentStatus: 'authorized',
      fulfillmentStatus: 'booked',
      updatedAt: confirmed.updatedAt,
      version: 2,
    });
    expect(await shop.summary(orderId)).toEqual({
      ...summary,
      status: 'confirmed',
      paymentStatus: 'captured',
      fulfillmentStatus: 'shipped',
      updatedAt: dispatched.updatedAt,
      version: 4,
    });
  });

  test("the gateways' books agree: one payment captured, one label bought", async () => {
    const { payments, parcels } = await shop.books();
    const { shipmentId, trackingCode } = dispatched.shipments[0] ?? {};
    expect(payments).toMatchObject([
      {
        orderId: dispatched.orderId,
        status: 'succeeded',
        currency: 'EUR',
        amountMinor: 9_461,
        capturedMinor: 9_461,
        refundedMinor: 0,
      },
    ]);
    expect(parcels).toMatchObject([{ orderId: dispatched.orderId, shipmentId, status: 'bought', trackingCode }]);
  });

  test('no failure queue has a message', () => {
    expect(local.deadLetters().filter(({ queue }) => !queue.includes('partner'))).toEqual([]);
    expect(local.executions().map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});
