import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../api/routes.ts';
import type { Local } from '../../local/index.ts';
import { type OrderAnswer, orderOf, type Problem, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';

let local: Local;
let shop: Shop;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true, logLevel: 'SILENT' });
  shop = new Shop(local);
  await shop.sell('LAMP', { stock: { BER: 500 } });
});

afterAll(async () => {
  await local?.settled();
  await local?.stop();
});

const staff = 'sam:staff';
const place = (changes: object): Promise<OrderAnswer> => shop.place('alice', { ...orderOf('LAMP'), ...changes });

describe('an order is placed', () => {
  test('to a country without postal codes', async () => {
    const shippingAddress = { name: 'A', line1: "1 Queen's Road", city: 'Hong Kong', country: 'HK' };
    const placed = await place({ shippingAddress });
    expect(placed).toMatchObject({ status: 201, body: { shippingAddress } });
    await local.settled();
    expect(await shop.order(placed.body.orderId)).toMatchObject({ status: 'confirmed' });
    const [event] = await shop.events(placed.body.orderId);
    expect(event?.data).toMatchObject({ shipTo: { country: 'HK', postalArea: '' } });
  });

  test.each(['customer&service@example.com', ' ada@example.com ', 'ada@bücher.example', 'ada@xn--bcher-kva.example'])(
    'with the e-mail address %j',
    async (email) => {
      expect((await place({ contact: { email, phone: '(555)\u00a0123-4567 ext. 12' } })).status).toBe(201);
    },
  );

  test('with optional fields that are null or empty, as if they were left out', async () => {
    const { shippingAddress, contact } = orderOf('LAMP');
    const placed = await place({
      ...{ locale: null, expectedTotalMinor: null, allowSplitShipments: '' },
      shippingAddress: { ...shippingAddress, line2: '', region: '\u200b' },
      contact: { ...contact, phone: '' },
    });
    expect(placed).toMatchObject({ status: 201, body: { shippingAddress } });
    expect(placed.body.shippingAddress).not.toHaveProperty('line2');
    expect(placed.body.contact).toEqual({ email: contact.email });
  });

  test('from text that begins with a byte order mark', async () => {
    expect((await shop.place('alice', `\ufeff${JSON.stringify(orderOf('LAMP'))}`)).status).toBe(201);
  });

  test('with a postal area of whole characters', async () => {
    const { shippingAddress } = orderOf('LAMP');
    const { body } = await place({ shippingAddress: { ...shippingAddress, postalCode: '1a😀b' } });
    const [event] = await shop.events(body.orderId);
    expect(event?.data).toMatchObject({ shipTo: { postalArea: '1a😀' } });
  });
});

test('a region by its name is stored as its code, for the carrier', async () => {
  const { shippingAddress } = orderOf('LAMP');
  const toDenver = { ...shippingAddress, country: 'US', city: 'Denver', postalCode: '80202' };
  const placed = await place({ shippingAddress: { ...toDenver, region: 'Colorado' } });
  expect(placed).toMatchObject({ status: 201, body: { shippingAddress: { region: 'CO' } } });
  expect(await place({ shippingAddress: toDenver })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'shippingAddress.region' }] },
  });
});

describe('a list', () => {
  test('may begin at a time with an offset, whose plus may be sent as it is', async () => {
    for (const from of ['2026-11-28T00:00:00-05:00', '2026-11-28T00:00:00%2B05:00', '2026-11-28T00:00:00+05:00']) {
      expect((await shop.ask('alice', 'GET', `/orders?from=${from}`)).status).toBe(200);
    }
  });

  test('that ends before the first order is empty', async () => {
    const answer = await shop.ask('alice', 'GET', '/orders?to=1969-12-31T00:00:00Z');
    expect(answer).toMatchObject({ status: 200, body: { items: [] } });
  });

  test('has an order behind thirty others on its first page', async () => {
    const behind = await shop.place('dora', orderOf('LAMP', { paymentMethodId: 'pm_card_chargeDeclined' }));
    for (let each = 0; each < 30; each++) await shop.place('dora', orderOf('LAMP'));
    await local.settled();
    const { body } = await shop.ask<{ items: { orderId: string }[] }>('dora', 'GET', '/orders?status=rejected&limit=2');
    expect(body.items.map(({ orderId }) => orderId)).toEqual([behind.body.orderId]);
  });
});

test('shards are kept until a time with an offset', async () => {
  const inTwoDays = new Date(Date.now() + 2 * 86_400_000).toISOString().replace('Z', '+00:00');
  const body = { expectedPeakPerSecond: 10, keepUntil: inTwoDays, location: null };
  expect((await shop.ask(staff, 'PUT', '/inventory/LAMP/plan', body)).status).toBe(200);
});

test('a location may be very near the equator', async () => {
  const body = { country: 'GA', latitude: 1e-200, longitude: 9.45, name: '' };
  expect(await shop.ask(staff, 'PUT', '/locations/LBV', body)).toMatchObject({ status: 200, body: { latitude: 0 } });
});

describe('every route', () => {
  const pathOf = ({ path }: { readonly path: string }) => path.replace(/\{\w+\}/g, 'X1');

  test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s refuses an unknown field in its query',
    async (_, route) => {
      const answer = await shop.ask<Problem>(staff, route.method, `${pathOf(route)}?colour=red`, route.body && {});
      if (route.body === undefined) {
        expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'query.colour' }] } });
      } else expect(answer.status).toBe(400);
    },
  );

  test.each(routes.filter(({ method }) => method === 'GET').map((route) => [route.path, route] as const))(
    'GET %s has the same answer for HEAD, without a body',
    async (_, route) => {
      for (const as of [staff, '']) {
        const [get, head] = [await shop.ask(as, 'GET', pathOf(route)), await shop.ask(as, 'HEAD', pathOf(route))];
        const shown = ({ status, headers }: typeof get) => [
          status,
          headers.get('content-type'),
          headers.get('content-length'),
        ];
        expect(shown(head)).toEqual(shown(get));
        expect(head.text).toBe('');
      }
    },
  );

  test('of another method does not answer HEAD', async () => {
    expect((await shop.ask(staff, 'HEAD', '/orders/X1/cancel')).status).toBe(404);
  });
});
