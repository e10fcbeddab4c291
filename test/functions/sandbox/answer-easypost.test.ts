import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStore, type TestStore } from '../../support/dynamodb.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts';

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

interface Body {
  readonly id: string;
  readonly rates: readonly { readonly id: string; readonly service: string }[];
  readonly postage_label: { readonly label_url: string };
  readonly [name: string]: unknown;
}

const shipment = {
  to_address: { name: 'Ada', street1: 'Ring 7', city: 'Köln', zip: '50667', country: 'DE' },
  from_address: { name: 'Us', street1: 'Lager 1', city: 'Berlin', zip: '10115', country: 'DE' },
  parcel: { weight: 10 },
};

const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = basic('EZTK_sandbox'),
) {
  const response = await fetch(sandbox.endpoint + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

async function buy({ id, rates }: Body) {
  return call('POST', `/v2/shipments/${id}/buy`, { rate: { id: rates[0]?.id } });
}

const create = (extra: object = {}) => call('POST', '/v2/shipments', { shipment: { ...shipment, ...extra } });

describe('a key', () => {
  test.each([
    ['missing', {}, 'APIKEY.REQUIRED'],
    ['of production', basic('EZAK_1'), 'APIKEY.INACTIVE'],
  ])('that is %s is refused with 401', async (_, headers, code) => {
    const answer = await call('POST', '/v2/shipments', { shipment }, headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 401, body: { error: { code, message: expect.any(String) } } });
  });
});

describe('a shipment', () => {
  test('that is only created has rates and no label', async () => {
    const { status, body } = await create();
    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'Shipment', postage_label: null, tracking_code: null, refund_status: null });
    expect(body.rates.map(({ service }) => service)).toEqual(['Economy', 'Priority', 'Express']);
  });

  test('is bought with one of its rates, once', async () => {
    const { body } = await create();
    const buyPriority = () => call('POST', `/v2/shipments/${body.id}/buy`, { rate: { id: body.rates[1]?.id } });
    expect(await buyPriority()).toMatchObject({
      status: 200,
      body: { selected_rate: { service: 'Priority' }, postage_label: { label_file_type: 'application/pdf' } },
    });
    expect(await buyPriority()).toMatchObject({ status: 422, body: { error: { code: 'SHIPMENT.POSTAGE.EXISTS' } } });
  });

  test('is not bought with the rate of another shipment', async () => {
    const [one, other] = [await create(), await create()];
    const rate = { id: other.body.rates[0]?.id };
    expect(await call('POST', `/v2/shipments/${one.body.id}/buy`, { rate })).toMatchObject({ status: 422 });
    expect(await call('POST', `/v2/shipments/${one.body.id}/buy`, {})).toMatchObject({ status: 422 });
  });

  test('is found by its id', async () => {
    const { body } = await create({ reference: 'my-parcel' });
    expect((await call('GET', `/v2/shipments/${body.id}`)).body).toEqual(body);
    expect(await call('GET', '/v2/shipments/unknown')).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
  });

  test('with a reference that is already used is created too, and both are on record', async () => {
    const [first, second] = [await create({ reference: 'twice' }), await create({ reference: 'twice' })];
    expect(second.body.id).not.toBe(first.body.id);
    const entered = (await sandbox.parcels()).filter(({ reference }) => reference === 'twice');
    expect(entered).toHaveLength(2);
  });

  test('is refunded after it was bought, once', async () => {
    const { body } = await create({ carrier_accounts: ['ca_1'] });
    await buy(body);
    const refund = () => call('POST', `/v2/shipments/${body.id}/refund`);
    expect(await refund()).toMatchObject({ status: 200, body: { refund_status: 'submitted' } });
    expect(await refund()).toMatchObject({ status: 422, body: { error: { code: 'SHIPMENT.REFUND.UNAVAILABLE' } } });
    const created = await create();
    expect(await call('POST', `/v2/shipments/${created.body.id}/refund`)).toMatchObject({ status: 422 });
    expect(await call('POST', `/v2/shipments/shp_${'0'.repeat(32)}/refund`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['no address', { to_address: undefined }],
    ['no weight', { parcel: {} }],
    ['a weight of zero', { parcel: { weight: 0 } }],
    ['a reference that is not text', { reference: 7 }],
  ])('with %s is refused', async (_, change) => {
    expect(await create(change)).toMatchObject({ status: 422, body: { error: { code: 'SHIPMENT.INVALID_PARAMS' } } });
  });

  test('of a carrier account that does not exist is refused', async () => {
    expect(await create({ carrier_accounts: ['unknown'] })).toMatchObject({ status: 422 });
  });

  test('that is not JSON is refused', async () => {
    expect(await call('POST', '/v2/shipments', '{')).toMatchObject({ status: 422 });
  });
});

test.each([
  ['GET', '/v2/trackers'],
  ['DELETE', '/v2/shipments/x'],
])('%s %s, which the sandbox does not support, is not found', async (method, path) => {
  expect(await call(method, path)).toMatchObject({ status: 404 });
});

describe('a label', () => {
  test('of a shipment that was bought is shown, also after its refund', async () => {
    const { body } = await buy((await create()).body);
    const { label_url: url } = body.postage_label;
    expect(url).toMatch(new RegExp(`^${sandbox.endpoint}/labels/${body.id}-[0-9a-f]{32}\\.pdf$`));
    expect((await fetch(url)).headers.get('content-type')).toBe('application/pdf');
    await call('POST', `/v2/shipments/${body.id}/refund`);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).toString('latin1')).toContain('(VOID)');
  });

  const noKey = '0'.repeat(32);
  test.each(['nothing.pdf', `shp_${'0'.repeat(32)}.pdf`, `shp_${'0'.repeat(32)}-${noKey}.pdf`])(
    '%s is not found',
    async (file) => {
      expect((await fetch(`${sandbox.endpoint}/labels/${file}`)).status).toBe(404);
    },
  );

  test('is not shown to a caller who knows no more than the order, from which the id of the shipment follows', async () => {
    const { body } = await buy((await create()).body);
    for (const file of [`${body.id}.pdf`, `${body.id}-.pdf`, `${body.id}-${noKey}.pdf`, body.id]) {
      expect((await fetch(`${sandbox.endpoint}/labels/${file}`)).status).toBe(404);
    }
  });

  test('of a shipment that was not bought does not exist', async () => {
    const { body } = await create();
    for (const file of [`${body.id}.pdf`, `${body.id}-${noKey}.pdf`]) {
      expect((await fetch(`${sandbox.endpoint}/labels/${file}`)).status).toBe(404);
    }
  });
});
