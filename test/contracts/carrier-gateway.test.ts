import { beforeAll, describe, expect, test } from 'vitest';
import { shipmentsToCancel } from '../../functions/fulfillment/domain/shipments-to-cancel.ts';
import { deriveId, shipmentIdFor } from '../../functions/shared/kernel/ids.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { systemClock } from '../../functions/shared/kernel/time.ts';
import type { SecretStore } from '../../functions/shared/secret-store.ts';
import { dynamoPurchaseStore } from '../../functions/shipping/adapters/dynamodb-purchase-store.ts';
import { easypostGateway } from '../../functions/shipping/adapters/easypost-gateway.ts';
import { readSenders } from '../../functions/shipping/adapters/senders.ts';
import { bookAll } from '../../functions/shipping/commands/book-all.ts';
import { cancelAll } from '../../functions/shipping/commands/cancel-all.ts';
import type { BookingRefusal } from '../../functions/shipping/commands/carrier-gateway.ts';
import type { PurchaseStore } from '../../functions/shipping/commands/purchase-store.ts';
import type { BookingRequest, Offer, Recipient, ShipmentOfOrder } from '../../functions/shipping/domain/shipment.ts';
import { layouts } from '../support/dynamodb.ts';
import type { Interference } from '../support/sandbox.ts';
import { openSandbox, sandbox, store } from './sandbox-of-gateways.ts';

openSandbox();

let purchases: PurchaseStore;
beforeAll(async () => {
  purchases = dynamoPurchaseStore(await store.createTable(layouts.gatewayRecords), systemClock);
});

let orders = 0;
function newOrder(): string {
  orders += 1;
  return deriveId('ord', 'carrier', String(orders));
}

function recipient(postalCode: string): Recipient {
  return {
    address: { name: 'Ada Lovelace', line1: 'Ringstraße 7', city: 'Köln', postalCode, country: 'DE' },
    contact: { email: 'ada@example.com' },
  };
}

function booking(orderId: string, postalCode = '50667'): BookingRequest {
  return {
    orderId,
    shipmentId: shipmentIdFor(orderId, 'north'),
    location: 'north',
    lines: [{ lineId: '1', sku: 'A', quantity: 2 }],
    weightGrams: 1_200,
    to: recipient(postalCode),
  };
}

function secretOf(...apiKeys: readonly string[]): SecretStore {
  let forgotten = 0;
  return {
    read: async () => ({ apiKey: apiKeys[Math.min(forgotten, apiKeys.length - 1)] ?? '', webhookSecret: '' }),
    forget: () => {
      forgotten += 1;
    },
  };
}

const settings = { senderFor: readSenders('', true) };

/** The gateway as the steps use it: purchases are recorded before they are made. */
function gatewayWith(carrierAccount: string, service: string, secret = secretOf('EZTK_sandbox')) {
  const gateway = easypostGateway({ ...settings, endpoint: sandbox.endpoint, carrierAccount, service }, secret);
  return {
    ...gateway,
    async book(request: BookingRequest): Promise<ShipmentOfOrder | BookingRefusal> {
      const booked = await bookAll({ gateway, purchases }, request.orderId, [request]);
      if (isRefusal(booked)) return booked as BookingRefusal;
      return (booked as ShipmentOfOrder[])[0] as ShipmentOfOrder;
    },
    async cancelOrder({ orderId }: BookingRequest) {
      return cancelAll(gateway, shipmentsToCancel({}, { shipments: [] }, await purchases.close(orderId)));
    },
  };
}
type Gateway = ReturnType<typeof gatewayWith>;

const booksOf = async (orderId: string) => (await sandbox.parcels()).filter((parcel) => parcel.orderId === orderId);
const labelsOf = async (orderId: string) => (await booksOf(orderId)).filter(({ status }) => status !== 'created');
const keyOf = ({ orderId, shipmentId }: BookingRequest) => ({ orderId, shipmentId });
const transient = expect.objectContaining({ name: 'TransientFault' });

describe.each([
  { way: 'from a given account and service', account: 'ca_1', service: 'Priority', bought: 'Priority' },
  { way: 'at the cheapest rate', account: '', service: '', bought: 'Economy' },
  { way: 'at the cheapest rate of a given service', account: '', service: 'Express', bought: 'Express' },
])('bought $way', ({ account, service, bought }) => {
  let gateway: Gateway;
  beforeAll(() => {
    gateway = gatewayWith(account, service);
  });

  async function booked(request: BookingRequest): Promise<ShipmentOfOrder> {
    const answer = await gateway.book(request);
    expect(answer).not.toHaveProperty('refused');
    return answer as ShipmentOfOrder;
  }

  test('a booking buys a label with a tracking code', async () => {
    const request = booking(newOrder());
    const shipment = await booked(request);
    expect(shipment).toEqual({
      shipmentId: request.shipmentId,
      location: request.location,
      lines: request.lines,
      carrier: 'SandboxPost',
      service: bought,
      trackingCode: expect.stringMatching(/^9400\d{18}$/),
      carrierShipmentId: expect.stringMatching(/^shp_[0-9a-f]{32}$/),
    });
    expect(await booksOf(request.orderId)).toMatchObject([
      {
        id: shipment.carrierShipmentId,
        reference: `${request.orderId}-${request.shipmentId}`,
        orderId: request.orderId,
        shipmentId: request.shipmentId,
        status: 'bought',
        trackingCode: shipment.trackingCode,
        labelUrl: expect.stringMatching(/\/labels\/shp_[0-9a-f]{32}-[0-9a-f]{32}\.pdf$/),
        toCountry: 'DE',
        fromCountry: 'DE',
        boughtAt: expect.any(String),
      },
    ]);
  });

  test('the label is a PDF, and a booking has no address of it', async () => {
    const shipment = await booked(booking(newOrder()));
    expect(JSON.stringify(shipment)).not.toContain('/labels/');
    const label = await gateway.label(shipment.carrierShipmentId);
    expect(label?.contentType).toBe('application/pdf');
    expect(Buffer.from(label?.bytes ?? []).toString('latin1', 0, 8)).toBe('%PDF-1.4');
  });

  test('there is no label of a shipment that is unknown, or was not bought', async () => {
    const { carrierShipmentId } = (await gateway.offer(booking(newOrder()))) as Offer;
    for (const id of [carrierShipmentId, `shp_${'0'.repeat(32)}`]) expect(await gateway.label(id)).toBeUndefined();
  });

  test.each<[string, Interference]>([
    ['an answer of another kind', { status: 200, body: '<html>busy</html>' }],
    ['a fault of the place where it is stored', { status: 503, body: '' }],
    ['a cut connection', 'cut_before'],
  ])('a label that cannot be downloaded now is a fault that may pass, without its address: %s', async (_, fault) => {
    const { carrierShipmentId } = await booked(booking(newOrder()));
    sandbox.interfere = ({ path }) => (path.startsWith('/labels/') ? fault : undefined);
    const error = await gateway.label(carrierShipmentId).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TransientFault' });
    expect(String(error)).not.toContain('shp_');
    sandbox.interfere = ({ path }) => (path.startsWith('/labels/') ? { status: 404, body: '' } : undefined);
    expect(await gateway.label(carrierShipmentId)).toBeUndefined();
  });

  test('an offer buys nothing', async () => {
    const request = booking(newOrder());
    expect(await gateway.offer(request)).toEqual({
      carrierShipmentId: expect.stringMatching(/^shp_/),
      rateId: expect.stringMatching(/^rate_/),
      price: { amount: expect.stringMatching(/^\d+\.\d\d$/), currency: 'USD' },
    });
    expect(await labelsOf(request.orderId)).toEqual([]);
  });

  test('an offer that is bought again, or twice at the same time, has one label', async () => {
    const request = booking(newOrder());
    const offer = (await gateway.offer(request)) as Offer;
    const [first, second] = await Promise.all([gateway.buy(offer), gateway.buy(offer)]);
    expect(second).toEqual(first);
    expect(await gateway.buy(offer)).toEqual(first);
    expect(await labelsOf(request.orderId)).toHaveLength(1);
  });

  test('a shipment that is booked again keeps its label', async () => {
    const request = booking(newOrder());
    const first = await booked(request);
    expect(await booked(request)).toEqual(first);
    expect(await labelsOf(request.orderId)).toHaveLength(1);
  });

  test('concurrent bookings of a shipment buy one label', async () => {
    const request = booking(newOrder());
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => booked(request)));
    for (const other of others) expect(other).toEqual(first);
    expect(await labelsOf(request.orderId)).toHaveLength(1);
  });

  test('an address that the carrier refuses buys nothing', async () => {
    const request = booking(newOrder(), '00000');
    expect(await gateway.book(request)).toEqual({
      refused: { code: 'ADDRESS_REFUSED', detail: 'The carrier refused the address (ADDRESS.VERIFY.FAILURE).' },
    });
    expect(await booksOf(request.orderId)).toEqual([]);
    expect(await gateway.cancelOrder(request)).toEqual({ cancelled: [] });
  });

  test('a failing gateway leaves the outcome unknown, and cancelling finds no label', async () => {
    const request = booking(newOrder(), '00001');
    await expect(gateway.book(request)).rejects.toEqual(transient);
    await expect(gateway.book(request)).rejects.toEqual(transient);
    expect(await gateway.cancelOrder(request)).toEqual({ cancelled: [] });
  });

  test('when the answer to a purchase is lost, a second booking returns the label and buys no other one', async () => {
    const request = booking(newOrder(), '00002');
    await expect(gateway.book(request)).rejects.toEqual(transient);
    const [label] = await labelsOf(request.orderId);
    expect(await booked(request)).toMatchObject({ carrierShipmentId: label?.id, trackingCode: label?.trackingCode });
    expect(await labelsOf(request.orderId)).toHaveLength(1);
  });

  test('a label whose answer was lost can be cancelled without its id', async () => {
    const request = booking(newOrder(), '00002');
    await expect(gateway.book(request)).rejects.toEqual(transient);
    const [label] = await labelsOf(request.orderId);
    const cancelled = {
      cancelled: [{ shipmentId: request.shipmentId, carrierShipmentId: label?.id, trackingCode: label?.trackingCode }],
    };
    expect(await gateway.cancelOrder(request)).toEqual(cancelled);
    expect(await booksOf(request.orderId)).toMatchObject([{ status: 'refunded' }]);
    expect(await gateway.cancelOrder(request)).toEqual(cancelled);
  });

  test('there is one label in the end when any one of the answers is lost', async () => {
    const request = booking(newOrder());
    let seen = 0;
    for (let attempt = 1; attempt <= 4; attempt++) {
      seen = 0;
      sandbox.interfere = () => {
        seen += 1;
        return seen === attempt ? 'cut_after' : undefined;
      };
      await gateway.book(request).catch((fault: unknown) => expect(fault).toEqual(transient));
    }
    sandbox.interfere = () => undefined;
    await booked(request);
    expect(await labelsOf(request.orderId)).toHaveLength(1);
  });

  test('a label is refunded once, and a second cancellation returns the same', async () => {
    const request = booking(newOrder());
    const { shipmentId, carrierShipmentId, trackingCode } = await booked(request);
    const cancelled = { shipmentId, carrierShipmentId, trackingCode };
    expect(await gateway.cancel({ shipmentId, carrierShipmentId })).toEqual({ cancelled });
    expect(await gateway.cancel({ shipmentId, carrierShipmentId })).toEqual({ cancelled });
    expect(await gateway.cancelOrder(request)).toEqual({ cancelled: [cancelled] });
    expect(await booksOf(request.orderId)).toMatchObject([{ status: 'refunded', refundedAt: expect.any(String) }]);
  });

  test('a refunded label is not bought again', async () => {
    const request = booking(newOrder());
    const { shipmentId, carrierShipmentId } = await booked(request);
    await gateway.cancel({ shipmentId, carrierShipmentId });
    expect(await gateway.book(request)).toMatchObject({ refused: { code: 'CARRIER_REFUSED' } });
    expect((await labelsOf(request.orderId)).map(({ status }) => status)).toEqual(['refunded']);
  });

  test('a booking after the cancellation buys nothing', async () => {
    const request = booking(newOrder());
    expect(await gateway.cancelOrder(request)).toEqual({ cancelled: [] });
    expect(await gateway.book(request)).toMatchObject({ refused: { code: 'CARRIER_REFUSED' } });
    expect(await labelsOf(request.orderId)).toEqual([]);
  });

  test('a label identifies its order and shipment', async () => {
    const request = booking(newOrder());
    const { carrierShipmentId } = await booked(request);
    expect(await gateway.identify(carrierShipmentId)).toEqual(keyOf(request));
    expect(await gateway.identify(`shp_${'0'.repeat(32)}`)).toBeUndefined();
  });

  test.each([
    ['the connection is cut before the request arrives', 'cut_before' as const],
    ['a proxy has no backend', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['the gateway is overloaded', { status: 503, body: '{"error":{"code":"SERVICE_UNAVAILABLE","message":"busy"}}' }],
    ['the gateway throttles', { status: 429, body: '{"error":{"code":"RATE_LIMITED","message":"slow down"}}' }],
  ])('when %s, the outcome is unknown and the next attempt may succeed', async (_, interference) => {
    const request = booking(newOrder());
    sandbox.interfere = () => interference;
    await expect(gateway.book(request)).rejects.toEqual(transient);
    sandbox.interfere = ({ path }) => (path.endsWith('/buy') ? interference : undefined);
    await expect(gateway.book(request)).rejects.toEqual(transient);
    sandbox.interfere = () => undefined;
    await booked(request);
    expect(await labelsOf(request.orderId)).toHaveLength(1);
  });
});

test('a shipment whose label was not bought has nothing to cancel', async () => {
  const request = booking(newOrder());
  const gateway = gatewayWith('', '');
  sandbox.interfere = ({ path }) => (path.endsWith('/buy') ? 'cut_before' : undefined);
  await expect(gateway.book(request)).rejects.toEqual(transient);
  expect(await booksOf(request.orderId)).toMatchObject([{ status: 'created' }]);
  expect(await gateway.cancelOrder(request)).toEqual({ cancelled: [] });
});

test('concurrent bookings whose answers are lost leave one label, which can be cancelled', async () => {
  const request = booking(newOrder(), '00002');
  const gateway = gatewayWith('', '');
  const unheard = await Promise.allSettled(Array.from({ length: 4 }, () => gateway.book(request)));
  expect(unheard.some(({ status }) => status === 'rejected')).toBe(true);
  expect(await labelsOf(request.orderId)).toHaveLength(1);
  await gateway.cancelOrder(request);
  expect((await labelsOf(request.orderId)).map(({ status }) => status)).toEqual(['refunded']);
});

test('a service that no carrier offers is refused', async () => {
  const refused = { refused: { code: 'CARRIER_REFUSED', detail: expect.any(String) } };
  expect(await gatewayWith('ca_1', 'Teleport').book(booking(newOrder()))).toEqual(refused);
  expect(await gatewayWith('', 'Teleport').book(booking(newOrder()))).toEqual(refused);
});

test("a 404 that is not EasyPost's does not mean that nothing was booked", async () => {
  const gateway = gatewayWith('', '');
  sandbox.interfere = () => ({ status: 404, body: '{"message":"Not Found"}' });
  const label = { shipmentId: 'shp_1', carrierShipmentId: `shp_${'0'.repeat(32)}` };
  const faults = await Promise.allSettled([gateway.cancel(label), gateway.identify(label.carrierShipmentId)]);
  for (const fault of faults) {
    expect(fault).toMatchObject({ reason: { name: 'TransientFault', message: expect.stringContaining('404') } });
  }
});

test('a label that the carrier does not take back is not reported as cancelled', async () => {
  const request = booking(newOrder());
  const gateway = gatewayWith('', '');
  const { shipmentId, carrierShipmentId } = (await gateway.book(request)) as ShipmentOfOrder;
  sandbox.interfere = ({ path }) =>
    path.endsWith('/refund')
      ? { status: 422, body: '{"error":{"code":"SHIPMENT.REFUND.UNAVAILABLE","message":""}}' }
      : undefined;
  await expect(gateway.cancel({ shipmentId, carrierShipmentId })).rejects.toThrow('does not take the label');
});

test('a key that was rotated is read again for the next attempt', async () => {
  const gateway = gatewayWith('', '', secretOf('EZAK_old', 'EZTK_new'));
  const request = booking(newOrder());
  await expect(gateway.book(request)).rejects.toEqual(transient);
  expect(await gateway.book(request)).toMatchObject({ carrier: 'SandboxPost' });
});

test('without an API key no request is sent', async () => {
  sandbox.requests.length = 0;
  await expect(gatewayWith('', '', secretOf('')).book(booking(newOrder()))).rejects.toThrow('no apiKey yet');
  expect(sandbox.requests).toEqual([]);
});

test('faults and refusals contain no personal data', async () => {
  const said: string[] = [];
  for (const interference of [
    { status: 422, body: '{"error":{"code":"X","message":"Ada Lovelace, Ringstraße 7"}}' },
    { status: 500, body: '{"error":{"code":"X","message":"Ada Lovelace, Ringstraße 7"}}' },
    { status: 418, body: '{"error":{"code":"X","message":"Ada Lovelace, Ringstraße 7"}}' },
  ]) {
    sandbox.interfere = () => interference;
    const answer = await gatewayWith('', '')
      .book(booking(newOrder()))
      .catch((error: Error) => error);
    said.push(JSON.stringify(answer), (answer as Error).message, String((answer as Error).cause));
  }
  expect(said.join()).not.toContain('Ada');
});

test('a booking without faults is one offer and one purchase', async () => {
  sandbox.requests.length = 0;
  const request = booking(newOrder());
  const shipment = (await gatewayWith('ca_1', 'Priority').book(request)) as ShipmentOfOrder;
  expect(sandbox.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v2/shipments',
    `POST /v2/shipments/${shipment.carrierShipmentId}/buy`,
  ]);
  expect(JSON.parse(sandbox.requests[0]?.body ?? '')).toEqual({
    shipment: {
      reference: `${request.orderId}-${request.shipmentId}`,
      to_address: {
        name: 'Ada Lovelace',
        street1: 'Ringstraße 7',
        city: 'Köln',
        zip: '50667',
        country: 'DE',
        email: 'ada@example.com',
      },
      from_address: expect.objectContaining({ country: 'DE', city: 'Berlin' }),
      parcel: { weight: 42.4 },
      options: { label_format: 'PDF', print_custom_1: request.orderId },
      carrier_accounts: ['ca_1'],
    },
  });
  expect(JSON.parse(sandbox.requests[1]?.body ?? '')).toMatchObject({ rate: { id: expect.any(String) } });
});
