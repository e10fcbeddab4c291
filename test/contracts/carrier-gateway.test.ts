import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deriveId, shipmentIdFor } from '../../functions/shared/kernel/ids.ts';
import type { SecretStore } from '../../functions/shared/secret-store.ts';
import { easypostGateway } from '../../functions/shipping/adapters/easypost-gateway.ts';
import { readSenders } from '../../functions/shipping/adapters/senders.ts';
import type {
  BookedShipment,
  BookingRequest,
  CarrierGateway,
  Recipient,
} from '../../functions/shipping/domain/carrier-gateway.ts';
import { startStore, type TestStore } from '../support/dynamodb.ts';
import { pointAwsAt } from '../support/environment.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

let store: TestStore;
let sandbox: TestSandbox;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  sandbox = await startSandbox(store);
});
afterAll(async () => {
  await sandbox.stop();
  await store.stop();
});
afterEach(() => {
  sandbox.interfere = () => undefined;
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

const gatewayWith = (carrierAccount: string, service: string, secret = secretOf('EZTK_sandbox')) =>
  easypostGateway({ endpoint: sandbox.endpoint, carrierAccount, service, senderFor: readSenders('', true) }, secret);

const booksOf = async (orderId: string) => (await sandbox.parcels()).filter((parcel) => parcel.orderId === orderId);
const labelsOf = async (orderId: string) => (await booksOf(orderId)).filter(({ status }) => status !== 'created');
const keyOf = ({ orderId, shipmentId }: BookingRequest) => ({ orderId, shipmentId });
const transient = expect.objectContaining({ name: 'TransientFault' });

describe.each([
  { way: 'in one call, from a given account and service', account: 'ca_1', service: 'Priority', bought: 'Priority' },
  { way: 'at the cheapest rate', account: '', service: '', bought: 'Economy' },
  { way: 'at the cheapest rate of a given service', account: '', service: 'Express', bought: 'Express' },
])('bought $way', ({ account, service, bought }) => {
  let gateway: CarrierGateway;
  beforeAll(() => {
    gateway = gatewayWith(account, service);
  });

  async function booked(request: BookingRequest): Promise<BookedShipment> {
    const answer = await gateway.book(request);
    expect(answer).not.toHaveProperty('refused');
    return answer as BookedShipment;
  }

  test('a booking buys a label with a tracking code', async () => {
    const request = booking(newOrder());
    const shipment = await booked(request);
    expect(shipment).toEqual({
      carrier: 'SandboxPost',
      service: bought,
      trackingCode: expect.stringMatching(/^9400\d{18}$/),
      labelUrl: `${sandbox.endpoint}/labels/${shipment.carrierShipmentId}.pdf`,
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
        labelUrl: shipment.labelUrl,
        toCountry: 'DE',
        fromCountry: 'DE',
        boughtAt: expect.any(String),
      },
    ]);
  });

  test('a label can be opened where the booking says', async () => {
    const { labelUrl } = await booked(booking(newOrder()));
    const response = await fetch(labelUrl);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect((await response.text()).slice(0, 8)).toBe('%PDF-1.4');
  });

  test('a shipment that is booked again keeps its label', async () => {
    const request = booking(newOrder());
    const first = await booked(request);
    expect(await booked(request)).toEqual(first);
    expect(await booksOf(request.orderId)).toHaveLength(1);
  });

  test('an address that the carrier refuses buys nothing', async () => {
    const request = booking(newOrder(), '00000');
    expect(await gateway.book(request)).toEqual({
      refused: { code: 'ADDRESS_REFUSED', detail: 'The carrier refused the address (ADDRESS.VERIFY.FAILURE).' },
    });
    expect(await booksOf(request.orderId)).toEqual([]);
    expect(await gateway.cancel(keyOf(request))).toEqual({ cancelled: null });
  });

  test('a gateway in trouble leaves the outcome unknown, and cancelling finds nothing to give back', async () => {
    const request = booking(newOrder(), '00001');
    await expect(gateway.book(request)).rejects.toEqual(transient);
    await expect(gateway.book(request)).rejects.toEqual(transient);
    expect(await gateway.cancel(keyOf(request))).toEqual({ cancelled: null });
  });

  test('when the answer to a booking is lost, booking again finds the label instead of buying a second one', async () => {
    const request = booking(newOrder(), '00002');
    await expect(gateway.book(request)).rejects.toEqual(transient);
    const [label] = await labelsOf(request.orderId);
    expect(await booked(request)).toMatchObject({ carrierShipmentId: label?.id, trackingCode: label?.trackingCode });
    expect(await booksOf(request.orderId)).toHaveLength(1);
  });

  test('a label whose answer was lost can be given back without knowing its id', async () => {
    const request = booking(newOrder(), '00002');
    await expect(gateway.book(request)).rejects.toEqual(transient);
    const [label] = await labelsOf(request.orderId);
    const cancelled = {
      cancelled: { shipmentId: request.shipmentId, carrierShipmentId: label?.id, trackingCode: label?.trackingCode },
    };
    expect(await gateway.cancel(keyOf(request))).toEqual(cancelled);
    expect(await booksOf(request.orderId)).toMatchObject([{ status: 'refunded' }]);
    expect(await gateway.cancel(keyOf(request))).toEqual(cancelled);
  });

  test('whatever answer is lost on the way, there is one label in the end', async () => {
    const request = booking(newOrder());
    let seen = 0;
    for (let attempt = 1; attempt <= 4; attempt++) {
      seen = 0;
      sandbox.interfere = () => {
        seen += 1;
        return seen === attempt ? 'cut_after' : undefined;
      };
      await gateway.book(request).catch((fault) => expect(fault).toEqual(transient));
    }
    sandbox.interfere = () => undefined;
    await booked(request);
    expect(await booksOf(request.orderId)).toHaveLength(1);
  });

  test('a label is given back once, and the second time the answer is the same', async () => {
    const request = booking(newOrder());
    const { carrierShipmentId, trackingCode } = await booked(request);
    const cancelled = { cancelled: { shipmentId: request.shipmentId, carrierShipmentId, trackingCode } };
    expect(await gateway.cancel({ ...keyOf(request), carrierShipmentId })).toEqual(cancelled);
    expect(await gateway.cancel({ ...keyOf(request), carrierShipmentId })).toEqual(cancelled);
    expect(await gateway.cancel(keyOf(request))).toEqual(cancelled);
    expect(await booksOf(request.orderId)).toMatchObject([{ status: 'refunded', refundedAt: expect.any(String) }]);
  });

  test('a shipment that was cancelled is not booked again', async () => {
    const request = booking(newOrder());
    const { carrierShipmentId } = await booked(request);
    await gateway.cancel({ ...keyOf(request), carrierShipmentId });
    expect(await gateway.book(request)).toMatchObject({ refused: { code: 'CARRIER_REFUSED' } });
    expect(await booksOf(request.orderId)).toMatchObject([{ status: 'refunded' }]);
  });

  test('a label leads back to the order and the shipment it is for', async () => {
    const request = booking(newOrder());
    const { carrierShipmentId } = await booked(request);
    expect(await gateway.identify(carrierShipmentId)).toEqual(keyOf(request));
    expect(await gateway.identify(`shp_${'0'.repeat(32)}`)).toBeUndefined();
  });

  test.each([
    ['the connection is cut before the request arrives', 'cut_before' as const],
    ['a proxy has no backend', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['the gateway is overloaded', { status: 503, body: '{"error":{"code":"SERVICE_UNAVAILABLE","message":"busy"}}' }],
    ['we ask too often', { status: 429, body: '{"error":{"code":"RATE_LIMITED","message":"slow down"}}' }],
  ])('when %s, the outcome is unknown and the next attempt may succeed', async (_, interference) => {
    const request = booking(newOrder());
    sandbox.interfere = () => interference;
    await expect(gateway.book(request)).rejects.toEqual(transient);
    sandbox.interfere = () => undefined;
    await booked(request);
    expect(await booksOf(request.orderId)).toHaveLength(1);
  });
});

test('a shipment that was created but not bought is bought, not created again', async () => {
  const request = booking(newOrder());
  const gateway = gatewayWith('', '');
  sandbox.interfere = ({ path }) => (path.endsWith('/buy') ? 'cut_before' : undefined);
  await expect(gateway.book(request)).rejects.toEqual(transient);
  expect(await booksOf(request.orderId)).toMatchObject([{ status: 'created' }]);
  expect(await gateway.cancel(keyOf(request))).toEqual({ cancelled: null });
  sandbox.interfere = () => undefined;
  await gateway.book(request);
  expect(await booksOf(request.orderId)).toMatchObject([{ status: 'bought' }]);
});

test('two runs that buy the same shipment at the same time end with one label', async () => {
  const request = booking(newOrder());
  const gateway = gatewayWith('', '');
  sandbox.interfere = ({ path }) => (path.endsWith('/buy') ? 'cut_before' : undefined);
  await gateway.book(request).catch(() => undefined);
  sandbox.interfere = () => undefined;
  const [first, second] = await Promise.all([gateway.book(request), gateway.book(request)]);
  expect(second).toEqual(first);
  expect(await labelsOf(request.orderId)).toHaveLength(1);
});

test('a service that nobody offers is refused', async () => {
  const refused = { refused: { code: 'CARRIER_REFUSED', detail: expect.any(String) } };
  expect(await gatewayWith('ca_1', 'Teleport').book(booking(newOrder()))).toEqual(refused);
  expect(await gatewayWith('', 'Teleport').book(booking(newOrder()))).toEqual(refused);
});

test('an answer that the path is unknown is a defect, not the news that nothing was booked', async () => {
  const request = booking(newOrder());
  sandbox.interfere = () => ({ status: 404, body: '{"message":"Not Found"}' });
  const fault = await gatewayWith('', '')
    .cancel(keyOf(request))
    .catch((error: unknown) => error);
  expect(fault).toMatchObject({ name: 'Error', message: expect.stringContaining('HTTP_404') });
});

test('a label that the carrier keeps is not reported as given back', async () => {
  const request = booking(newOrder());
  const gateway = gatewayWith('', '');
  const { carrierShipmentId } = (await gateway.book(request)) as BookedShipment;
  sandbox.interfere = ({ path }) =>
    path.endsWith('/refund')
      ? { status: 422, body: '{"error":{"code":"SHIPMENT.REFUND.UNAVAILABLE","message":""}}' }
      : undefined;
  await expect(gateway.cancel({ ...keyOf(request), carrierShipmentId })).rejects.toThrow('does not take the label');
});

test('a key that was rotated is read again for the next attempt', async () => {
  const gateway = gatewayWith('', '', secretOf('EZAK_old', 'EZTK_new'));
  const request = booking(newOrder());
  await expect(gateway.book(request)).rejects.toEqual(transient);
  expect(await gateway.book(request)).toMatchObject({ carrier: 'SandboxPost' });
});

test('without a key nothing is asked', async () => {
  sandbox.requests.length = 0;
  await expect(gatewayWith('', '', secretOf('')).book(booking(newOrder()))).rejects.toThrow('no apiKey yet');
  expect(sandbox.requests).toEqual([]);
});

test('faults and refusals quote no personal data', async () => {
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

test('the usual way looks first and then buys in one call', async () => {
  sandbox.requests.length = 0;
  const request = booking(newOrder());
  await gatewayWith('ca_1', 'Priority').book(request);
  expect(sandbox.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET /v2/shipments/${request.orderId}-${request.shipmentId}`,
    'POST /v2/shipments',
  ]);
  expect(JSON.parse(sandbox.requests[1]?.body ?? '')).toEqual({
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
      service: 'Priority',
    },
  });
});
