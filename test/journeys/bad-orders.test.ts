import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maxBodyBytes } from '../../api/vocabulary.ts';
import type { Local } from '../../local/index.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { type Outsider, outsiderOf } from './outsider.ts';
import { expectRefused, readContract, writesTo } from './refused.ts';

let local: Local;
let shop: Shop;
let outsider: Outsider;

beforeAll(async () => {
  local = await startLocal({ port: 0, memory: true });
  shop = new Shop(local);
  outsider = outsiderOf(local);
  await shop.sell('REAL', { stock: { BER: 5 } });
  await readContract(shop);
});

afterAll(() => local?.stop());

const good = orderOf('REAL', {
  locale: 'de-DE',
  expectedTotalMinor: 1_773,
  shippingAddress: { line2: 'Hof', region: 'BE' },
});

/** The good order with the value at a dotted path replaced; undefined removes it. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(good) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((part, key) => part[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

async function refuseOrder(body: unknown, field?: string, status = 400, code = 'VALIDATION_FAILED'): Promise<void> {
  const attempt = { method: 'POST', path: '/orders', body, headers: { 'idempotency-key': 'bad' } };
  const { body: problem } = await expectRefused({ local, shop }, attempt, { status, code, field });
  expect(problem.errors?.length ?? 0).toBeLessThanOrEqual(50);
}

const required = [
  'currency',
  'lines',
  'lines.0.sku',
  'lines.0.quantity',
  'shippingAddress',
  'shippingAddress.name',
  'shippingAddress.line1',
  'shippingAddress.city',
  'shippingAddress.postalCode',
  'shippingAddress.country',
  'contact',
  'contact.email',
  'paymentMethodId',
];
const optional = ['shippingAddress.line2', 'shippingAddress.region', 'contact.phone', 'locale', 'expectedTotalMinor'];
const everywhere = [...required, ...optional];

/** Long, short, and everything that is no plain text. */
const badTexts = ['x'.repeat(201), 'a\u0000b', 'a\u001b[31m', 'line\nbreak', '\u0085', 'half a \ud83d'];
/** Text that shows nothing, with which an optional field is left out. */
const emptyTexts = ['', '   ', '\u200b', '\u3164\u00ad'];
const badCodes = ['', 'ABC', 'eur', 'EURO', 'EU', ' EUR', 'E€R', 'EUR\n'];

const badValues: Readonly<Record<string, readonly unknown[]>> = {
  currency: badCodes,
  lines: [[], Array.from({ length: 501 }, (_, index) => ({ sku: `S${index}`, quantity: 1 })), {}, 'REAL'],
  'lines.0': [null, 'REAL', [], 7],
  'lines.0.sku': ['', ' ', '-REAL', 'RE AL', 'RÉAL', 'a'.repeat(65), 'A/B', 'A#B', 'A\u0000', '__proto__', 'REAL\n'],
  'lines.0.quantity': [0, -1, 10_001, 1.5, '3', 1e9, 1e300, null, true, [1]],
  'shippingAddress.name': [...badTexts, ...emptyTexts],
  'shippingAddress.line1': [...badTexts, ...emptyTexts],
  'shippingAddress.line2': badTexts,
  'shippingAddress.city': [...badTexts, ...emptyTexts],
  'shippingAddress.region': badTexts,
  'shippingAddress.postalCode': ['', '  ', '1'.repeat(17), '10\u0000115', '101\n15', '1011\ud83d'],
  'shippingAddress.country': ['', 'de', 'DEU', 'D', 'Germany', 'D1', 'DE\n', 'EL', 'XX', 'EU', 'UK'],
  'contact.email': [
    '',
    'alice',
    'alice@',
    '@example.com',
    'a b@example.com',
    `${'a'.repeat(250)}@x.de`,
    'a@b\nBcc: c@d.de',
    'a@example-.com',
    'ä@example.com',
  ],
  'contact.phone': ['12', 'call me', '1'.repeat(31), '+49\n30 123456'],
  paymentMethodId: ['', 'pm_', 'card_visa', '4242424242424242', `pm_${'a'.repeat(121)}`, 'pm_a b', 'pm_x\n'],
  locale: ['german', 'de_DE', 'd', 'x-shop', 'de-'],
  expectedTotalMinor: [-1, 1.5, '1773', 1e12],
};

const wrongTypes = [null, true, 42, 'text', ['text'], { text: 'text' }];
const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const goodValueAt = (path: string) =>
  path.split('.').reduce((part, key) => (part as Record<string, unknown>)[key], good as unknown);

const show = (value: unknown) => JSON.stringify(value)?.slice(0, 40) ?? 'nothing';

test('the order that all of these are made from is good', async () => {
  const answer = await shop.place('alice', good);
  expect([answer.status, answer.body.errors]).toEqual([201, undefined]);
  await local.settled();
});

describe('an order is refused, with the name of the field and without any write,', () => {
  test.each(required.map((field) => ({ field })))('without $field', ({ field }) =>
    refuseOrder(changed(field, undefined), field),
  );

  test.each(
    everywhere.flatMap((field) =>
      wrongTypes
        .filter((value) => typeOf(value) !== typeOf(goodValueAt(field)))
        .filter((value) => value !== null || !optional.includes(field))
        .map((value) => ({ field, value, shown: show(value) })),
    ),
  )('with $shown for $field', ({ field, value }) => refuseOrder(changed(field, value), field));

  test.each(
    Object.entries(badValues).flatMap(([field, values]) =>
      values.map((value) => ({ field, value, shown: show(value) })),
    ),
  )('with $shown for $field, which has the wrong content', ({ field, value }) =>
    refuseOrder(changed(field, value), field),
  );

  const unknown = [
    'note',
    'status',
    'orderId',
    'totals',
    'constructor',
    'toString',
    '__proto__',
    'lines.0.unitPriceMinor',
  ];
  test.each([...unknown, 'lines.0.__proto__', 'shippingAddress.street', 'contact.name'].map((field) => ({ field })))(
    'with the unknown field $field',
    ({ field }) => {
      // As text, because an object literal cannot have a field of the name __proto__.
      const raw = JSON.stringify(changed(field.replace('__proto__', 'PROTO'), { admin: true }));
      return refuseOrder(raw.replace('PROTO', '__proto__'), field);
    },
  );

  const notJson = [
    '',
    ' ',
    'null',
    '[]',
    '"text"',
    '7',
    'true',
    '{',
    '{"currency":}',
    "{'currency':'EUR'}",
    'NaN',
    '<order/>',
    '\u0000',
  ];
  test.each(notJson.map((raw) => ({ raw, shown: show(raw) })))('with the body $shown', ({ raw }) =>
    refuseOrder(raw, undefined),
  );

  test('with a quantity that is not a number of JSON', async () => {
    for (const quantity of ['NaN', 'Infinity', '0x10', '1_000', '01', '+1', '.5']) {
      await refuseOrder(JSON.stringify(good).replace('"quantity":1', `"quantity":${quantity}`), '');
    }
    await refuseOrder(JSON.stringify(good).replace('"quantity":1', '"quantity":1e999'), 'lines.0.quantity');
  });

  test('without a body at all', () => refuseOrder(undefined, ''));

  test('with nesting that is deep enough to exhaust a stack', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    await refuseOrder(deep(120_000), undefined);
    await refuseOrder(JSON.stringify(changed('locale', 'DEEP')).replace('"DEEP"', deep(100_000)), 'locale');
    await refuseOrder(`{"a":${'{"a":'.repeat(30_000)}1${'}'.repeat(30_001)}`, 'a');
  });

  test('with bytes that are not UTF-8 text, for any content type', async () => {
    const inLatin1 = Buffer.from(JSON.stringify(good).replace('Alice', 'M\u00fcller'), 'latin1');
    for (const bytes of [Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), inLatin1]) {
      for (const contentType of ['application/json', 'application/octet-stream', 'application/vnd.shop+json']) {
        const headers = { 'idempotency-key': 'bad', 'content-type': contentType };
        const attempt = { method: 'POST', path: '/orders', body: bytes, headers };
        const refused = { status: 400, code: 'VALIDATION_FAILED', field: '' };
        const { body } = await expectRefused({ local, shop }, attempt, refused);
        expect(body.errors).toEqual([{ path: '', message: 'not UTF-8' }]);
      }
    }
  });

  test('with more mistakes than one answer lists', async () => {
    const lines = Array.from({ length: 50 }, () => ({ sku: '', quantity: 0, note: 1 }));
    const { body } = await shop.place('alice', changed('lines', lines));
    expect(body.errors).toHaveLength(50);
    await refuseOrder(changed('lines', lines), 'lines.0.sku');
  });
});

describe('an order that is too long', () => {
  const padded = (bytes: number) => {
    const json = JSON.stringify(good);
    return json + ' '.repeat(bytes - Buffer.byteLength(json));
  };

  test('is refused above exactly 256 KB, with any content', async () => {
    await refuseOrder(padded(maxBodyBytes + 1), undefined, 413, 'BODY_TOO_LARGE');
    await refuseOrder('x'.repeat(1_000_000), undefined, 413, 'BODY_TOO_LARGE');
    await refuseOrder('ä'.repeat(maxBodyBytes / 2 + 1), undefined, 413, 'BODY_TOO_LARGE');
    const just = await shop.place('alice', padded(maxBodyBytes));
    expect(just.status).toBe(201);
    await local.settled();
  });

  test('does not reach the function above 10 MB', async () => {
    local.resetMeter();
    const answer = await shop.place('alice', Buffer.alloc(10 * 1024 * 1024 + 1, 0x20));
    expect(answer.status).toBe(413);
    expect(writesTo(local)).toEqual({});
  });
});

test('an order that is refused for its products writes nothing either', async () => {
  const tables = ['Orders', 'Contacts', 'Inventory', 'Idempotency', 'OrderViews'];
  await local.settled();
  const before = await outsider.count(...tables);
  const attempts = [
    { body: orderOf('UNREAL'), status: 422, code: 'UNKNOWN_SKU' },
    { body: orderOf('REAL', { currency: 'CHF' }), status: 422, code: 'CURRENCY_NOT_SOLD' },
    { body: orderOf('REAL', { expectedTotalMinor: 1 }), status: 409, code: 'PRICE_CHANGED' },
  ];
  for (const { body, status, code } of attempts) {
    expect(await shop.place('alice', body)).toMatchObject({ status, body: { code } });
  }
  await local.settled();
  expect(await outsider.count(...tables)).toEqual(before);
});
