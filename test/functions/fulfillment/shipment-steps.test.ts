import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../../events/catalog.ts';
import { contactStore } from '../../../functions/orders/adapters/dynamodb-contact-store.ts';
import { dynamoOrderLog } from '../../../functions/orders/adapters/dynamodb-order-log.ts';
import type { OrderLog } from '../../../functions/orders/commands/order-log.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import { parcelIdFrom } from '../../../functions/sandbox/domain/parcel.ts';
import { deriveId, shipmentIdFor } from '../../../functions/shared/kernel/ids.ts';
import type { ShipmentOfOrder } from '../../../functions/shipping/commands/book-all.ts';
import { referenceOf } from '../../../functions/shipping/domain/reference.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { layouts, startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';
import {
  caught,
  commitsOf,
  event,
  oneWarehouse,
  payment,
  placed,
  body as request,
  sagaState,
  stock,
  twoWarehouses,
  undoState,
} from '../orders/given.ts';

type Step = (event: unknown, context: unknown) => Promise<unknown>;

let store: TestStore;
let services: AwsEndpoint;
let sandbox: TestSandbox;
let log: OrderLog;
let bookShipment: Step;
let cancelShipment: Step;
let receiveWebhook: (event: never, context: unknown) => Promise<{ statusCode?: number; body?: string }>;

/**
 * The functions as they are deployed: loaded with their environment, called with the events of Step Functions and API
 * Gateway.
 */
beforeAll(async () => {
  [store, services] = await Promise.all([startStore(), awsEndpoint()]);
  pointAwsAt({ store, services: services.url });
  services.answer = () => ({ body: { SecretString: '{"apiKey":"EZTK_sandbox","webhookSecret":"carrier-secret"}' } });
  sandbox = await startSandbox(store);
  process.env.ORDERS_TABLE = await store.createTable(layouts.orders);
  process.env.IDEMPOTENCY_TABLE = await store.createTable(layouts.idempotency);
  process.env.CONTACTS_TABLE = await store.createTable(layouts.contacts);
  process.env.CARRIER_ENDPOINT = sandbox.endpoint;
  process.env.CARRIER_SECRET_ID = 'carrier';
  log = dynamoOrderLog(store.client, process.env.ORDERS_TABLE);
  bookShipment = (await import('../../../functions/fulfillment/book-shipment.ts')).handler;
  cancelShipment = (await import('../../../functions/fulfillment/cancel-shipment.ts')).handler;
  receiveWebhook = (await import('../../../functions/fulfillment/receive-carrier-webhook.ts')).handler as never;
});
afterAll(async () => {
  await sandbox.stop();
  await services.close();
  await store.stop();
});

let orderId: string;
let orders = 0;
beforeEach(() => {
  orders += 1;
  orderId = deriveId('ord', 'shipping-steps', String(orders));
});
afterEach(() => {
  sandbox.interfere = () => undefined;
});

async function record(...decisions: readonly (readonly OrderEvent[])[]) {
  const known = (await log.read(orderId)).length;
  for (const commit of commitsOf(...decisions)) {
    const version = known + commit.version;
    expect(await log.append({ ...commit, orderId, version })).toBe('committed');
  }
}

async function livesAt(postalCode: string) {
  const contacts = contactStore(process.env.CONTACTS_TABLE ?? '');
  const shippingAddress = { ...request.shippingAddress, postalCode };
  await contacts.put({ orderId, requestHash: 'hash', shippingAddress, contact: request.contact });
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

  test('finds the label when it is repeated after a lost answer', async () => {
    await livesAt('00002');
    await expect(book()).rejects.toThrow();
    const [bought] = await labels();
    expect(await book()).toMatchObject([{ carrierShipmentId: bought?.id }]);
    expect(await labels()).toHaveLength(1);
  });

  test('buys one label when it runs twice at the same time, even when both answers are lost', async () => {
    await livesAt('00002');
    const unheard = await Promise.allSettled([book(), book(), book()]);
    expect(unheard.some(({ status }) => status === 'rejected')).toBe(true);
    const [first, second, third] = await Promise.all([book(), book(), book()]);
    expect([second, third]).toEqual([first, first]);
    expect(await labels()).toHaveLength(1);
  });

  test('buys nothing after the cancellation', async () => {
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

  test("cancels the shipments in the saga's state", async () => {
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

  test('cancels the one shipment that was bought before the other was refused', async () => {
    await record(placed);
    await livesAt('10115');
    sandbox.interfere = ({ path }) =>
      path.endsWith('/buy') && path.includes(vienna)
        ? { status: 422, body: '{"error":{"code":"SHIPMENT.POSTAGE.FAILURE","message":"no"}}' }
        : undefined;
    // The sandbox names the first parcel of a shipment after it.
    const vienna = parcelIdFrom(referenceOf({ orderId, shipmentId: shipmentIdFor(orderId, 'vienna') }));
    const refused = await book(twoWarehouses).catch((error: Error) => error);
    expect(refused).toMatchObject({ name: 'CARRIER_REFUSED' });
    const failure = caught('CARRIER_REFUSED', 'no');
    expect(await undo({ payment, stock: stock(twoWarehouses), failure })).toMatchObject({
      cancelled: [{ shipmentId: shipmentIdFor(orderId, 'berlin') }],
    });
    expect(await labels()).toMatchObject([{ status: 'refunded' }]);
  });

  test('cancels nothing where nothing was booked', async () => {
    await record(placed);
    expect(await undo({ payment, ...noAnswer })).toEqual({ cancelled: [] });
  });

  test('does not undo a confirmed order: only the answer of ConfirmOrder was lost', async () => {
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

  const orderNow = async () => foldOrder(await log.read(orderId));

  test('records a delivery on the order that the parcel belongs to, once', async () => {
    const { carrierShipmentId } = await dispatchedOrder();
    expect(await receive(report(carrierShipmentId))).toMatchObject({ statusCode: 200, body: '{"received":true}' });
    const delivered = await orderNow();
    expect(delivered).toMatchObject({ status: 'completed', shipments: [{ status: 'delivered' }] });
    const events = (await log.read(orderId)).flatMap((commit) => commit.events);
    expect(events.find(({ type }) => type === 'ShipmentDelivered')?.data).toMatchObject({
      deliveredAt: '2026-11-24T12:00:00.000Z',
    });
    expect(await receive(report(carrierShipmentId))).toMatchObject({ statusCode: 200 });
    expect((await orderNow())?.version).toBe(delivered?.version);
  });

  test('answers so that a delivery is reported again when its dispatch is not on record yet', async () => {
    const { carrierShipmentId } = await confirmedOrder();
    expect(await receive(report(carrierShipmentId))).toMatchObject({ statusCode: 503 });
  });

  test('accepts a report that is no delivery, or of an unknown parcel, and does nothing', async () => {
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
