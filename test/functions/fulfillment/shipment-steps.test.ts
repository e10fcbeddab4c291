import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { contactStore } from '../../../functions/orders/adapters/dynamodb-contact-store.ts';
import { requestDispatch } from '../../../functions/orders/domain/decide-dispatch.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../functions/orders/domain/order.ts';
import { orderResource } from '../../../functions/orders/domain/order-resource.ts';
import { parcelIdFrom } from '../../../functions/sandbox/domain/parcel.ts';
import type { HttpFunction } from '../../../functions/shared/http-handler.ts';
import { deriveId, shipmentIdFor } from '../../../functions/shared/kernel/ids.ts';
import { referenceOf } from '../../../functions/shipping/domain/reference.ts';
import type { ShipmentOfOrder } from '../../../functions/shipping/domain/shipment.ts';
import type { TestSandbox } from '../../support/sandbox.ts';
import {
  captureOf,
  caught,
  dispatchState,
  event,
  eventsOf,
  now,
  oneWarehouse,
  payment,
  placed,
  body as request,
  sagaState,
  stock,
  twoWarehouses,
  undoState,
} from '../orders/given.ts';
import { httpEvent, lambdaContext, type RequestOptions } from '../shared/requests.ts';
import { type GatewaySteps, type Step, startGatewaySteps, type Webhook } from './gateway-steps.ts';

let steps: GatewaySteps;
let sandbox: TestSandbox;
let bookShipment: Step;
let cancelShipment: Step;
let receiveWebhook: Webhook;
let getLabel: HttpFunction;

/** The functions as deployed: loaded with their environment, invoked with the events of Step Functions and API Gateway. */
beforeAll(async () => {
  steps = await startGatewaySteps('CARRIER', { apiKey: 'EZTK_sandbox', webhookSecret: 'carrier-secret' });
  sandbox = steps.sandbox;
  bookShipment = (await import('../../../functions/fulfillment/book-shipment.ts')).handler;
  cancelShipment = (await import('../../../functions/fulfillment/cancel-shipment.ts')).handler;
  receiveWebhook = (await import('../../../functions/fulfillment/receive-carrier-webhook.ts')).handler as never;
  getLabel = (await import('../../../functions/fulfillment/get-label.ts')).handler;
});
afterAll(() => steps.stop());

let orderId: string;
let orders = 0;
beforeEach(() => {
  orders += 1;
  orderId = deriveId('ord', 'shipping-steps', String(orders));
});
afterEach(() => {
  sandbox.interfere = () => undefined;
});

test.each(['{', '{"south":{}}'])('book-shipment with SHIP_FROM=%s meets a fault of the configuration', async (text) => {
  const { SHIP_FROM } = process.env;
  process.env.SHIP_FROM = text;
  vi.resetModules();
  try {
    const misconfigured = (await import('../../../functions/fulfillment/book-shipment.ts')).handler;
    await livesAt('10115');
    const state = { ...sagaState({ stock: stock(), payment }), orderId };
    await expect(misconfigured(state, {})).rejects.toThrow(expect.objectContaining({ name: 'ConfigurationFault' }));
    expect(await parcels()).toEqual([]);
  } finally {
    process.env.SHIP_FROM = SHIP_FROM;
    vi.resetModules();
  }
});

const record = (...decisions: readonly (readonly OrderEvent[])[]) => steps.record(orderId, ...decisions);

async function livesAt(postalCode: string) {
  const contacts = contactStore(process.env.CONTACTS_TABLE ?? '');
  const shippingAddress = { ...request.shippingAddress, postalCode };
  await contacts.put({ orderId, requestHash: 'hash', shippingAddress, contact: request.contact }, now);
}

async function book(allocations = oneWarehouse): Promise<ShipmentOfOrder[]> {
  return (await bookShipment(
    { ...sagaState({ stock: stock(allocations), payment }), orderId },
    {},
  )) as ShipmentOfOrder[];
}
const booked = (shipments: readonly ShipmentOfOrder[]) =>
  shipments.map((shipment) => event('ShipmentBooked', { ...shipment, amountMinor: 1 }));
const undo = (state: object = {}) => cancelShipment({ ...undoState({ stock: stock(), ...state }), orderId }, {});
const parcels = async () => (await sandbox.parcels()).filter((parcel) => parcel.orderId === orderId);
const labels = async () => (await parcels()).filter(({ status }) => status !== 'created');

describe('GET /orders/{orderId}/shipments/{shipmentId}/label', () => {
  const label = (shipmentId: string, options: RequestOptions = {}) =>
    getLabel(
      httpEvent({ sub: 'wim', groups: ['warehouse'], path: { orderId, shipmentId }, ...options }),
      lambdaContext(),
    );

  test('answers the warehouse and staff with the label itself, as a document that no cache keeps', async () => {
    await livesAt('10115');
    const [shipment] = await book();
    await record(placed, booked(await book()));
    for (const groups of [['warehouse'], ['staff']]) {
      const answer = await label(shipment?.shipmentId ?? '', { groups });
      expect(answer).toMatchObject({
        statusCode: 200,
        headers: { 'content-type': 'application/pdf', 'cache-control': 'private, no-store' },
        isBase64Encoded: true,
      });
      const pdf = Buffer.from(answer.body ?? '', 'base64').toString('latin1');
      expect(pdf.slice(0, 5)).toBe('%PDF-');
      expect(JSON.stringify(answer.headers)).not.toContain('/labels/');
    }
  });

  test('is not for customers, not even for the owner of the order', async () => {
    await livesAt('10115');
    await record(placed, booked(await book()));
    for (const groups of [[], ['x,staff'], ['[staff]']]) {
      const answer = await label(shipmentIdFor(orderId, 'berlin'), { sub: 'alice', groups });
      expect(answer).toMatchObject({ statusCode: 403 });
    }
  });

  test('answers 404 without a shipment, and for one whose label went back to the carrier', async () => {
    await livesAt('10115');
    const shipments = await book();
    await record(placed, booked(shipments));
    const [
      { shipmentId, carrierShipmentId, trackingCode } = { shipmentId: '', carrierShipmentId: '', trackingCode: '' },
    ] = shipments;
    expect(await label('shp_1')).toMatchObject({ statusCode: 404 });
    expect(await label(shipmentId, { path: { orderId: 'ord_1', shipmentId } })).toMatchObject({ statusCode: 404 });
    await record([event('ShipmentCancelled', { shipmentId, carrierShipmentId, trackingCode })]);
    expect(await label(shipmentId)).toMatchObject({ statusCode: 404, body: expect.stringContaining('cancelled') });
  });

  test('answers 503 while the carrier cannot be reached', async () => {
    await livesAt('10115');
    await record(placed, booked(await book()));
    sandbox.interfere = ({ path }) => (path.startsWith('/labels/') ? { status: 500, body: '' } : undefined);
    expect(await label(shipmentIdFor(orderId, 'berlin'))).toMatchObject({ statusCode: 503 });
  });
});

describe('BookShipment', () => {
  test('books a shipment from each location', async () => {
    await livesAt('10115');
    const shipments = await book(twoWarehouses);
    expect(shipments.map(({ location, shipmentId, lines }) => ({ location, shipmentId, lines }))).toEqual(
      twoWarehouses.map(({ location, lines }) => ({ location, shipmentId: shipmentIdFor(orderId, location), lines })),
    );
    expect((await parcels()).map(({ id }) => id).sort()).toEqual(
      shipments.map(({ carrierShipmentId }) => carrierShipmentId).sort(),
    );
    expect(await book(twoWarehouses)).toEqual(shipments);
    expect(await labels()).toHaveLength(2);
  });

  test.each([
    ['00000', 'ADDRESS_REFUSED'],
    ['00001', 'TransientFault'],
    ['00002', 'TransientFault'],
  ])('to the postal code %s fails with %s', async (postalCode, name) => {
    await livesAt(postalCode);
    await expect(book()).rejects.toMatchObject({ name });
  });

  test('repeated after its answer was lost returns the same label', async () => {
    await livesAt('00002');
    await expect(book()).rejects.toThrow();
    const [bought] = await labels();
    expect(await book()).toMatchObject([{ carrierShipmentId: bought?.id }]);
    expect(await labels()).toHaveLength(1);
  });

  test('run several times at once buys one label, even when the answers are lost', async () => {
    await livesAt('00002');
    const unheard = await Promise.allSettled([book(), book(), book()]);
    expect(unheard.some(({ status }) => status === 'rejected')).toBe(true);
    const [first, second, third] = await Promise.all([book(), book(), book()]);
    expect([second, third]).toEqual([first, first]);
    expect(await labels()).toHaveLength(1);
  });

  test('after the cancellation buys nothing', async () => {
    await record(placed);
    await livesAt('10115');
    expect(await undo({ payment, failure: caught('TransientFault', 'no answer') })).toEqual({ cancelled: [] });
    await expect(book()).rejects.toMatchObject({ name: 'CARRIER_REFUSED' });
    expect(await labels()).toEqual([]);
  });

  test('fails when the address was erased', async () => {
    await expect(book()).rejects.toThrow('no address');
  });
});

describe('CancelShipment', () => {
  const noAnswer = { failure: caught('TransientFault', 'no answer') };

  test('cancels the shipments in the state of the saga', async () => {
    await record(placed);
    await livesAt('10115');
    const shipments = await book(twoWarehouses);
    const { cancelled } = (await undo({ payment, shipments })) as { cancelled: unknown[] };
    expect(cancelled).toEqual(
      shipments.map(({ shipmentId, carrierShipmentId, trackingCode }) => ({
        shipmentId,
        carrierShipmentId,
        trackingCode,
      })),
    );
    expect((await parcels()).map(({ status }) => status)).toEqual(['refunded', 'refunded']);
  });

  test('cancels a shipment whose answer was lost', async () => {
    await record(placed);
    await livesAt('00002');
    await expect(book()).rejects.toThrow();
    expect(await undo({ payment, ...noAnswer })).toMatchObject({
      cancelled: [{ shipmentId: shipmentIdFor(orderId, 'berlin') }],
    });
    expect(await parcels()).toMatchObject([{ status: 'refunded' }]);
  });

  test('cancels the shipment that was bought before the other one was refused', async () => {
    await record(placed);
    await livesAt('10115');
    sandbox.interfere = ({ path }) =>
      path.endsWith('/buy') && path.includes(vienna)
        ? { status: 422, body: '{"error":{"code":"SHIPMENT.POSTAGE.FAILURE","message":"no"}}' }
        : undefined;
    // The sandbox derives the id of a shipment's first parcel from its reference.
    const vienna = parcelIdFrom(referenceOf({ orderId, shipmentId: shipmentIdFor(orderId, 'vienna') }));
    const refused = await book(twoWarehouses).catch((error: Error) => error);
    expect(refused).toMatchObject({ name: 'CARRIER_REFUSED' });
    const failure = caught('CARRIER_REFUSED', 'no');
    expect(await undo({ payment, stock: stock(twoWarehouses), failure })).toMatchObject({
      cancelled: [{ shipmentId: shipmentIdFor(orderId, 'berlin') }],
    });
    expect(await labels()).toMatchObject([{ status: 'refunded' }]);
  });

  test('returns no shipments when none was booked', async () => {
    await record(placed);
    expect(await undo({ payment, ...noAnswer })).toEqual({ cancelled: [] });
  });

  test('does not cancel the shipments of an order that was confirmed although the answer was lost', async () => {
    await record(placed);
    await livesAt('10115');
    const shipments = await book();
    await record([event('StockReserved', stock()), ...booked(shipments), event('OrderConfirmed', {})]);
    expect(await undo({ payment, shipments, ...noAnswer })).toEqual({ cancelled: [] });
    expect(await parcels()).toMatchObject([{ status: 'bought' }]);
  });
});

describe('the carrier webhook', () => {
  const report = (carrierShipmentId: string, status = 'delivered') =>
    JSON.stringify({
      id: 'evt_1',
      description: 'tracker.updated',
      result: {
        object: 'Tracker',
        status,
        shipment_id: carrierShipmentId,
        tracking_details: [{ status: 'delivered', datetime: '2026-11-24T12:00:00Z' }],
      },
    });

  function receive(body: string, secret = 'carrier-secret') {
    const timestamp = new Date().toUTCString();
    const path = '/webhooks/carrier';
    const digest = createHmac('sha256', secret).update(`${timestamp}POST${path}${body}`).digest('hex');
    const headers = { 'x-timestamp': timestamp, 'x-path': path, 'x-hmac-signature-v2': `hmac-sha256-hex=${digest}` };
    const received = {
      headers,
      body,
      isBase64Encoded: false,
      routeKey: '',
      requestContext: { requestId: 'request-1' },
    };
    return receiveWebhook(received as never, {});
  }

  async function confirmedOrder(): Promise<ShipmentOfOrder> {
    await record(placed);
    await livesAt('10115');
    const [shipment] = await book();
    if (shipment === undefined) throw new Error('nothing was booked');
    await record([
      event('StockReserved', stock()),
      event('PaymentAuthorized', payment),
      event('ShipmentBooked', { ...shipment, amountMinor: payment.amountMinor }),
      event('OrderConfirmed', {}),
    ]);
    return shipment;
  }

  async function dispatchedOrder(): Promise<ShipmentOfOrder> {
    const shipment = await confirmedOrder();
    const { shipmentId, location, lines, carrier, trackingCode } = shipment;
    await record(
      [
        event('DispatchRequested', {
          ...{ shipmentId, location, lines, amountMinor: payment.amountMinor, paymentId: payment.paymentId },
          ...{ currency: 'EUR', finalCapture: true },
        }),
      ],
      [
        event('PaymentCaptured', { ...payment, shipmentId }),
        event('ShipmentDispatched', { shipmentId, carrier, trackingCode }),
      ],
    );
    return shipment;
  }

  const orderNow = async () => foldOrder(await steps.log.read(orderId));

  test('records a delivery on the order that the parcel belongs to, once', async () => {
    const { carrierShipmentId } = await dispatchedOrder();
    expect(await receive(report(carrierShipmentId))).toMatchObject({ statusCode: 200, body: '{"received":true}' });
    const delivered = await orderNow();
    expect(delivered).toMatchObject({ status: 'completed', shipments: [{ status: 'delivered' }] });
    const events = (await steps.log.read(orderId)).flatMap((commit) => commit.events);
    expect(events.find(({ type }) => type === 'ShipmentDelivered')?.data).toMatchObject({
      deliveredAt: '2026-11-24T12:00:00.000Z',
    });
    expect(await receive(report(carrierShipmentId))).toMatchObject({ statusCode: 200 });
    expect((await orderNow())?.version).toBe(delivered?.version);
  });

  test('keeps a delivery that is reported before the dispatch, once, and records it with the dispatch', async () => {
    const { carrierShipmentId, shipmentId } = await confirmedOrder();
    for (let times = 0; times < 2; times++) {
      expect(await receive(report(carrierShipmentId))).toMatchObject({ statusCode: 200, body: '{"received":true}' });
    }
    const early = (await orderNow()) as Order;
    expect(early).toMatchObject({ status: 'confirmed', version: 3, shipments: [{ status: 'booked' }] });
    const reportedAt = { deliveryReportedAt: '2026-11-24T12:00:00.000Z' };
    expect(orderResource(early, undefined, true).shipments).toMatchObject([reportedAt]);
    expect(orderResource(early, undefined, false).shipments[0]).not.toHaveProperty('deliveryReportedAt');
    await record(eventsOf(requestDispatch(early, shipmentId, now)));
    const requested = (await orderNow()) as Order;
    const { handler } = await import('../../../functions/fulfillment/record-dispatch.ts');
    const state = { ...dispatchState(requested, shipmentId), orderId, capture: captureOf(requested, shipmentId) };
    expect(await handler(state, {})).toMatchObject({ status: 'completed' });
    const delivered = (await orderNow()) as Order;
    expect(delivered).toMatchObject({ status: 'completed', shipments: [{ status: 'delivered' }] });
    expect(orderResource(delivered, undefined, true).shipments[0]).not.toHaveProperty('deliveryReportedAt');
    const events = (await steps.log.read(orderId)).flatMap((commit) => commit.events);
    expect(events.find(({ type }) => type === 'ShipmentDelivered')?.data).toMatchObject({
      deliveredAt: '2026-11-24T12:00:00.000Z',
    });
    expect(await handler(state, {})).toMatchObject({ status: 'completed', version: delivered.version });
    expect(await receive(report(carrierShipmentId))).toMatchObject({ statusCode: 200 });
    expect((await orderNow())?.version).toBe(delivered.version);
  });

  test('keeps a delivery that is reported before the booking is on record', async () => {
    await record(placed);
    await livesAt('10115');
    const [shipment] = await book();
    expect(await receive(report(shipment?.carrierShipmentId ?? ''))).toMatchObject({ statusCode: 200 });
    expect(await orderNow()).toMatchObject({
      status: 'placed',
      deliveryReports: [{ shipmentId: shipment?.shipmentId }],
    });
  });

  test('accepts the delivery of a parcel whose order was rejected, and changes nothing', async () => {
    await record(placed);
    await livesAt('10115');
    const [shipment] = await book();
    const failure = { code: 'CARRIER_UNAVAILABLE', detail: '' };
    await record([event('ShipmentBookingFailed', failure)], [event('OrderRejected', failure)]);
    const before = await orderNow();
    expect(await receive(report(shipment?.carrierShipmentId ?? ''))).toMatchObject({ statusCode: 200 });
    expect(await orderNow()).toEqual(before);
  });

  test.each([
    '{"id":"evt_b","description":"batch.updated","result":{"object":"Batch","status":{"created":1}}}',
    report(''),
    report('shp_1/../../trackers'),
    'nothing',
  ])('accepts a signed event of a kind that is not used here: %s', async (body) => {
    expect(await receive(body)).toMatchObject({ statusCode: 200, body: '{"received":true}' });
  });

  test("accepts an event with the first version of the gateway's signature", async () => {
    const { carrierShipmentId } = await dispatchedOrder();
    const body = report(carrierShipmentId);
    const digest = createHmac('sha256', 'carrier-secret').update(body).digest('hex');
    const headers = { 'x-hmac-signature': `hmac-sha256-hex=${digest}` };
    const request = { headers, body, routeKey: '', requestContext: { requestId: 'request-1' } };
    expect(await receiveWebhook(request as never, {})).toMatchObject({ statusCode: 200 });
    expect(await orderNow()).toMatchObject({ status: 'completed' });
  });

  test('accepts other reports, and those about parcels of other systems, and changes nothing', async () => {
    const { carrierShipmentId } = await dispatchedOrder();
    const before = await orderNow();
    expect(await receive(report(carrierShipmentId, 'out_for_delivery'))).toMatchObject({ statusCode: 200 });
    expect(await receive(report(`shp_${'0'.repeat(32)}`))).toMatchObject({ statusCode: 200 });
    expect(await orderNow()).toEqual(before);
  });

  test('refuses a report that is not signed by the gateway', async () => {
    const { carrierShipmentId } = await dispatchedOrder();
    expect(await receive(report(carrierShipmentId), 'other')).toMatchObject({ statusCode: 401 });
    expect(await orderNow()).toMatchObject({ status: 'confirmed' });
  });
});
