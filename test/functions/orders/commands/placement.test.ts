import { DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OrderResource, type PlaceOrderBody, placeOrderBody } from '../../../../api/orders.ts';
import { toItem } from '../../../../functions/orders/adapters/commit-item.ts';
import { contactStore } from '../../../../functions/orders/adapters/dynamodb-contact-store.ts';
import { dynamoOrderLog } from '../../../../functions/orders/adapters/dynamodb-order-log.ts';
import { readIdempotencyKey } from '../../../../functions/orders/adapters/idempotency-key.ts';
import { idempotentPlacement } from '../../../../functions/orders/adapters/idempotent-placement.ts';
import { placementReply } from '../../../../functions/orders/adapters/placement-reply.ts';
import { keepingContacts } from '../../../../functions/orders/commands/keep-contacts.ts';
import type { OrderLog } from '../../../../functions/orders/commands/order-log.ts';
import { orderPlacement, requestHashOf, termsHashOf } from '../../../../functions/orders/commands/order-placement.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import type { PricedProduct } from '../../../../functions/pricing/index.ts';
import { dynamo } from '../../../../functions/shared/aws/clients.ts';
import { TransientFault } from '../../../../functions/shared/kernel/faults.ts';
import { orderIdFor } from '../../../../functions/shared/kernel/ids.ts';
import { isRefusal } from '../../../../functions/shared/kernel/refusal.ts';
import type { Instant } from '../../../../functions/shared/kernel/time.ts';
import { refusalReply } from '../../../../functions/shared/problem.ts';
import type { StreamItem } from '../../../../functions/shared/stream-consumer.ts';
import { layouts, startStore, type TestStore } from '../../../support/dynamodb.ts';
import { pointAwsAt } from '../../../support/environment.ts';
import { type StoreCalls, watchCalls } from '../../../support/store-calls.ts';
import { pricingOf } from '../../pricing/given.ts';
import { lambdaContext } from '../../shared/requests.ts';
import { type AddressedBody, body, commitsOf, event, now, origin, placed } from '../given.ts';

const product = (amountMinor: number): PricedProduct => ({
  ...{ title: 'Mug', weightGrams: 300, taxCategory: 'standard', active: true },
  prices: [{ currency: 'EUR', amountMinor }],
});
const elsewhere: AddressedBody = {
  ...body,
  shippingAddress: { ...body.shippingAddress, line1: 'Ringstr. 99', city: 'Wien', country: 'AT' },
};

let store: TestStore;
let tables: { orders: string; contacts: string; idempotency: string };
let log: OrderLog;
let calls: StoreCalls;
let products: Map<string, PricedProduct>;
let key: string;
let keys = 0;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  tables = {
    orders: await store.createTable(layouts.orders),
    contacts: await store.createTable(layouts.contacts),
    idempotency: await store.createTable(layouts.idempotency),
  };
  log = dynamoOrderLog(store.client, tables.orders);
  calls = watchCalls(dynamo());
});
afterAll(() => store.stop());
beforeEach(() => {
  keys += 1;
  key = `key-${keys}`;
  products = new Map([
    ['MUG', product(1_000)],
    ['LAMP', product(3_000)],
  ]);
  calls.reset();
});

/** A new process that places orders, as after a crash. */
function newProcess() {
  return idempotentPlacement(
    tables.idempotency,
    orderPlacement({
      log: dynamoOrderLog(dynamo(), tables.orders),
      contacts: contactStore(tables.contacts),
      pricing: pricingOf(() => products),
      clock: () => now,
    }),
  );
}

interface Attempt {
  readonly customerId?: string;
  readonly body?: PlaceOrderBody;
  readonly remainingMs?: number;
}

async function place({ customerId = 'alice', body: wanted = body, remainingMs = 10_000 }: Attempt = {}) {
  const placement = { customerId, idempotencyKey: key, body: wanted, origin };
  const answer = await newProcess()(placement, lambdaContext(remainingMs));
  return isRefusal(answer) ? answer : { ...answer, reply: await placementReply(log, answer, wanted) };
}

type Placed = Extract<Awaited<ReturnType<typeof place>>, { orderId: string }>;

async function placeWell(attempt?: Attempt): Promise<Placed> {
  const answer = await place(attempt);
  if (isRefusal(answer)) throw new Error(JSON.stringify(answer));
  return answer as Placed;
}

const codeOf = async (attempt?: Attempt) => {
  const answer = await place(attempt);
  return isRefusal(answer) ? answer.refused.code : 'placed';
};

/** The stored data of a key: the commits and the address. */
async function stored(customerId = 'alice') {
  const orderId = orderIdFor(customerId, key);
  const contact = await contactStore(tables.contacts).find(orderId);
  return { commits: await log.read(orderId), contact };
}

describe('placing an order', () => {
  it('stores address and contact before the first commit, and answers with the order', async () => {
    const { reply, replayed, orderId } = await placeWell();
    expect(calls.sent).toEqual(['PutItem', 'PutItem', 'PutItem', 'UpdateItem']);
    const { commits, contact } = await stored();
    expect(commits).toHaveLength(1);
    const { shippingAddress, contact: person } = body;
    expect(contact).toEqual({ orderId, requestHash: requestHashOf(body), shippingAddress, contact: person });
    expect(reply.body).toMatchObject({ orderId, status: 'placed', version: 1, shippingAddress });
    expect([reply.headers, replayed]).toEqual([{ location: `/orders/${orderId}` }, false]);
  });

  describe('with notes on its lines', () => {
    const noted = {
      ...body,
      lines: body.lines.map((line, index) => (index === 0 ? { ...line, lineNote: 'For Ada' } : line)),
    };

    it('keeps them with the address, and out of the log', async () => {
      const { reply } = await placeWell({ body: noted });
      const { commits, contact } = await stored();
      expect(contact?.lineNotes).toEqual({ 1: 'For Ada' });
      expect(JSON.stringify(commits)).not.toContain('Ada');
      expect(commits[0]?.termsHash).toBe(termsHashOf(body));
      expect((reply.body as OrderResource).lines.map(({ lineNote }) => lineNote)).toEqual(
        noted.lines.map(({ lineNote }) => lineNote),
      );
      expect((await placeWell({ body: noted })).reply.body).toMatchObject(reply.body as object);
    });

    it('again with another note is another request', async () => {
      await placeWell({ body: noted });
      expect(await codeOf({ body })).toBe('IDEMPOTENCY_KEY_REUSED');
      await store.client.send(new DeleteItemCommand(await recordKey()));
      expect(await codeOf({ body })).toBe('IDEMPOTENCY_KEY_REUSED');
      expect(await codeOf({ body: noted })).toBe('placed');
    });
  });

  it('with one SKU on several lines has a line for each', async () => {
    const [line] = body.lines;
    if (line === undefined) throw new Error('the body has a line');
    const lines = [
      { ...line, quantity: 1 },
      { ...line, quantity: 4 },
    ];
    const { reply } = await placeWell({ body: { ...body, lines } });
    const ordered = (reply.body as OrderResource).lines;
    expect(ordered.map(({ lineId, sku, quantity }) => [lineId, sku, quantity])).toEqual([
      ['1', line.sku, 1],
      ['2', line.sku, 4],
    ]);
  });

  it('again with the same key and body gives the same answer, marked as a replay', async () => {
    const first = await placeWell();
    products.set('MUG', product(9_999));
    const again = await placeWell();
    expect(again.reply.body).toMatchObject(first.reply.body as object);
    expect(again.reply.headers).toEqual({ ...first.reply.headers, 'idempotent-replayed': 'true' });
    expect((await stored()).commits).toHaveLength(1);
  });

  it('again when the order has changed answers with its state now, beside the first answer', async () => {
    const first = await placeWell();
    const commit = commitsOf([event('CancellationRequested', { from: 'placed', by: 'staff' })])[0];
    await log.append({ ...(commit as Commit), orderId: first.orderId, version: 2 });
    const { current, ...answered } = (await placeWell()).reply.body as Record<string, unknown>;
    expect(answered).toEqual(first.reply.body);
    expect(current).toMatchObject({ status: 'placed', version: 2 });
    expect(first.reply.body).not.toHaveProperty('current');
  });

  it('again with a default stated is the same request, and with its contrary another', async () => {
    await placeWell();
    expect((await placeWell({ body: { ...body, allowSplitShipments: true } })).replayed).toBe(true);
    expect(await codeOf({ body: { ...body, allowSplitShipments: false } })).toBe('IDEMPOTENCY_KEY_REUSED');
    const spelled = { ...body, locale: null, expectedTotalMinor: '', contact: { ...body.contact, phone: null } };
    expect(requestHashOf(placeOrderBody.parse(spelled))).toBe(
      requestHashOf(placeOrderBody.parse({ ...body, contact: { email: body.contact.email } })),
    );
  });

  it('again with the fields in another order is the same request', async () => {
    const { currency, lines, ...rest } = body;
    const first = await placeWell();
    expect(requestHashOf(body)).not.toBe(requestHashOf(elsewhere));
    expect((await placeWell({ body: { currency, lines, ...rest } })).orderId).toBe(first.orderId);
  });

  it('with the same key for something else is refused, and changes nothing', async () => {
    await placeWell();
    const before = await stored();
    expect(await codeOf({ body: elsewhere })).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await stored()).toEqual(before);
  });

  it("with another customer's key is another order", async () => {
    const [alice, bob] = [await placeWell(), await placeWell({ customerId: 'bob', body: elsewhere })];
    expect(bob.orderId).not.toBe(alice.orderId);
    expect((await stored('bob')).contact?.shippingAddress?.city).toBe('Wien');
    expect((await stored()).contact?.shippingAddress?.city).toBe('Berlin');
  });

  it('that is refused is not recorded: the repeated request is decided again', async () => {
    products.delete('LAMP');
    expect(await codeOf()).toBe('UNKNOWN_SKU');
    expect(await stored()).toEqual({ commits: [], contact: undefined });
    products.set('LAMP', product(3_000));
    expect((await placeWell()).replayed).toBe(false);
  });

  it('that is refused leaves its key free for another request', async () => {
    products.delete('LAMP');
    expect(await codeOf()).toBe('UNKNOWN_SKU');
    expect(await codeOf({ body: { ...elsewhere, lines: [{ sku: 'MUG', quantity: 1 }] } })).toBe('placed');
  });

  it('keeps no personal data in its idempotency record', async () => {
    await placeWell();
    const records = await store.client.send(new GetItemCommand(await recordKey()));
    const record = JSON.stringify(unmarshall(records.Item ?? {}));
    expect(record).toContain('COMPLETED');
    for (const personal of ['alice', 'Alice', 'Hauptstr', 'example.com']) expect(record).not.toContain(personal);
  });
});

async function recordKey() {
  const { Items = [] } = await store.client.send(new ScanCommand({ TableName: tables.idempotency }));
  const newest = Items.sort((a, b) => Number(b.expiration?.N ?? 0) - Number(a.expiration?.N ?? 0)).find((item) =>
    JSON.stringify(item).includes(orderIdFor('alice', key)),
  );
  return { TableName: tables.idempotency, Key: { id: newest?.id ?? { S: '' } } };
}

describe('an order of digital products without an address', () => {
  const digital: PricedProduct = { ...product(1_000), digital: true };
  const { shippingAddress: _none, ...rest } = body;
  const without: PlaceOrderBody = { ...rest, country: 'DE', lines: [{ sku: 'BOOK', quantity: 1 }] };
  beforeEach(() => void products.set('BOOK', digital));

  it('has a country in its log, and the contact apart from it', async () => {
    const { orderId, reply } = await placeWell({ body: without });
    const { commits, contact } = await stored();
    expect(commits[0]?.events[0]?.data).toMatchObject({
      shipTo: { country: 'DE', postalArea: '' },
      lines: [{ sku: 'BOOK', digital: true, weightGrams: 0 }],
    });
    expect(contact).toEqual({ orderId, requestHash: requestHashOf(without), contact: body.contact });
    expect(reply.body).not.toHaveProperty('shippingAddress');
  });

  it('is refused, and nothing of it is stored, when something in it is shipped', async () => {
    const mixed = { ...without, lines: [...(without.lines ?? []), { sku: 'MUG', quantity: 1 }] };
    expect(await place({ body: mixed })).toMatchObject({
      refused: { code: 'ADDRESS_REQUIRED', errors: [{ path: 'shippingAddress' }] },
    });
    expect(await stored()).toEqual({ commits: [], contact: undefined });
  });

  it('is found by a repeated request days later, although its product is shipped by then', async () => {
    const { orderId } = await placeWell({ body: without });
    await store.client.send(new DeleteItemCommand(await recordKey()));
    products.set('BOOK', product(1_000));
    expect(await placeWell({ body: without })).toMatchObject({ orderId, replayed: true });
    key = `${key}-new`;
    expect(await codeOf({ body: without })).toBe('ADDRESS_REQUIRED');
  });
});

describe('days later, when the idempotency record is gone', () => {
  beforeEach(async () => {
    await placeWell();
    await store.client.send(new DeleteItemCommand(await recordKey()));
  });

  it('the same request still gets its order, as a replay', async () => {
    const again = await placeWell();
    expect(again.replayed).toBe(true);
    expect((await stored()).commits).toHaveLength(1);
  });

  it('also when prices have changed or the product was removed since', async () => {
    const { order } = await placeWell();
    products.delete('MUG');
    await store.client.send(new DeleteItemCommand(await recordKey()));
    expect((await placeWell()).order).toEqual(order);
  });

  it('another request with that key does not get the order, even when it would be refused itself', async () => {
    const unknown = { ...elsewhere, lines: [{ sku: 'GHOST', quantity: 1 }] };
    expect(await codeOf({ body: unknown })).toBe('UNKNOWN_SKU');
  });

  it('another request with that key is still refused', async () => {
    const before = await stored();
    expect(await codeOf({ body: elsewhere })).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await stored()).toEqual(before);
  });

  it('the order is not given to a request with another address, also when it cannot be priced any more', async () => {
    products.delete('MUG');
    expect(await codeOf({ body: { ...body, shippingAddress: elsewhere.shippingAddress } })).toBe('UNKNOWN_SKU');
  });

  it('its own request still gets an order of the first release, whose log has a hash of the whole request', async () => {
    const { commits } = await stored();
    const { termsHash: _, ...commit } = commits[0] as Commit;
    await store.client.send(
      new PutItemCommand({
        TableName: tables.orders,
        Item: toItem({ ...commit, requestHash: requestHashOf(body) }, { home: 'cell-1', epoch: 1 }),
      }),
    );
    expect((await placeWell()).replayed).toBe(true);
    await store.client.send(new DeleteItemCommand(await recordKey()));
    products.delete('MUG');
    expect(await codeOf({ body: elsewhere })).toBe('UNKNOWN_SKU');
  });

  it('and the personal data are erased, a repetition gets the order with any address, and stores none', async () => {
    const orderId = orderIdFor('alice', key);
    const erased = { TableName: tables.contacts, Item: { orderId: { S: orderId } } };
    await store.client.send(new PutItemCommand(erased));
    expect((await placeWell({ body: elsewhere })).replayed).toBe(true);
    await store.client.send(new DeleteItemCommand(await recordKey()));
    expect((await placeWell()).replayed).toBe(true);
    const { Item } = await store.client.send(
      new GetItemCommand({ TableName: tables.contacts, Key: { orderId: { S: orderId } } }),
    );
    expect(Item).toEqual(erased.Item);
  });
});

describe('the log of an order', () => {
  it('contains nothing by which a guess of the address or the contact can be confirmed', async () => {
    const { orderId } = await placeWell();
    const neighbor = {
      ...body,
      shippingAddress: { ...body.shippingAddress, name: 'Bob', line1: 'Elsewhere 99' },
      contact: { email: 'bob@example.com', phone: '+49301234567' },
    };
    const { orderId: other } = await placeWell({ customerId: 'bob', body: neighbor });
    const items = await Promise.all(
      [orderId, other].map(async (id) => {
        const { Items } = await store.client.send(
          new QueryCommand({
            TableName: tables.orders,
            KeyConditionExpression: 'orderId = :id',
            ExpressionAttributeValues: { ':id': { S: id } },
          }),
        );
        return JSON.parse(JSON.stringify(Items).replaceAll(id, 'ORDER').replaceAll('bob', 'alice'));
      }),
    );
    expect(items[0]).toHaveLength(1);
    expect(items[0]).toEqual(items[1]);
    expect(requestHashOf(body)).not.toBe(requestHashOf(neighbor));
  });

  it('has a hash of every other field of the request', () => {
    const { shippingAddress: _address, contact: _contact, ...terms } = placeOrderBody.shape;
    const full = { ...body, locale: 'de-DE', expectedTotalMinor: 5_000, allowSplitShipments: false };
    const changes = {
      ...{ currency: 'USD', lines: [{ sku: 'LAMP', quantity: 7 }], paymentMethodId: 'pm_other' },
      ...{ locale: 'fr-FR', expectedTotalMinor: 1, allowSplitShipments: true, shippingOption: 'express' },
      ...{ discountCodes: ['TEN'], customerId: 'carol', priceReason: 'A damaged box.' },
      ...{ savePaymentMethod: true, returnUrl: 'https://shop.example.com/return' },
      country: 'AT',
    };
    expect(Object.keys(changes).sort()).toEqual(Object.keys(terms).sort());
    for (const [field, value] of Object.entries(changes)) {
      const changed = { ...full, [field]: value } as typeof body;
      expect.soft(termsHashOf(changed), field).not.toBe(termsHashOf(full as typeof body));
    }
  });
});

describe('requests with one key at the same time', () => {
  it('place one order; every other request gets 409 or that order', async () => {
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => place()));
    const refused = outcomes.filter(isRefusal);
    expect(new Set(refused.map(({ refused: { code } }) => code))).toEqual(new Set(['IDEMPOTENCY_IN_PROGRESS']));
    const ids = outcomes.flatMap((answer) => ('orderId' in answer ? [answer.orderId] : []));
    expect(new Set(ids)).toEqual(new Set([orderIdFor('alice', key)]));
    expect((await stored()).commits).toHaveLength(1);
  });

  it('while the first is still running, are answered 409 with Retry-After', async () => {
    let second: unknown;
    calls.before(1, async () => {
      second = await place();
    });
    await placeWell();
    const { statusCode, headers } = refusalReply(second as never);
    expect([statusCode, headers?.['retry-after']]).toEqual([409, '1']);
    expect(JSON.stringify(second)).toContain('IDEMPOTENCY_IN_PROGRESS');
  });

  it('with different bodies, place one of them with its own address', async () => {
    const outcomes = await Promise.all([body, elsewhere, body, elsewhere].map((wanted) => place({ body: wanted })));
    expect(outcomes.some((answer) => 'orderId' in answer)).toBe(true);
    await expectConsistent(await stored());
  });

  it('without the idempotency record, are separated by the log and the contact store', async () => {
    const direct = orderPlacement({
      log: dynamoOrderLog(dynamo(), tables.orders),
      contacts: contactStore(tables.contacts),
      pricing: pricingOf(() => products),
      clock: () => now,
    });
    const attempts = [body, elsewhere, body, elsewhere].map((wanted) =>
      direct({ customerId: 'alice', idempotencyKey: key, body: wanted, origin }),
    );
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter(isRefusal)).toHaveLength(2);
    expect(outcomes.filter((each) => 'order' in each && !each.replayed)).toHaveLength(1);
    await expectConsistent(await stored());
  });
});

/** Asserts that there is at most one order, with the address of the request that placed it. */
async function expectConsistent({ commits, contact }: Awaited<ReturnType<typeof stored>>): Promise<void> {
  expect(commits.length).toBeLessThanOrEqual(1);
  const [first] = commits;
  if (first === undefined) return;
  const winner = [body, elsewhere].find((each) => requestHashOf(each) === contact?.requestHash);
  expect(first.termsHash).toBe(winner && termsHashOf(winner));
  expect(contact?.shippingAddress).toEqual(winner?.shippingAddress);
  expect(first.events[0]?.data).toMatchObject({ shipTo: { country: winner?.shippingAddress.country } });
}

/** A placement makes four calls: claim the key, store the contact, commit, complete the record. */
const moments = [0, 1, 2, 3, 4];
/** The crashed process's claim expires with its time limit. */
const crashing = { remainingMs: 1 };
const claimEnds = () => new Promise((resolve) => setTimeout(resolve, 5));

describe.each(moments)('a process that dies after call %i of 4', (moment) => {
  const crash = async () => {
    calls.dieAfter(moment);
    await place(crashing).catch(() => undefined);
    calls.reset();
    await claimEnds();
  };

  it('does not keep the repeated request from placing exactly one order', async () => {
    await crash();
    const { replayed } = await placeWell();
    expect(replayed).toBe(moment >= 3);
    const { commits } = await stored();
    expect(commits).toHaveLength(1);
    await expectConsistent(await stored());
    expect((await placeWell()).replayed).toBe(true);
  });

  it('never lets another request with its key change the address of the order', async () => {
    await crash();
    const outcome = await codeOf({ body: elsewhere });
    expect(outcome).toBe(moment < 2 ? 'placed' : 'IDEMPOTENCY_KEY_REUSED');
    await expectConsistent(await stored());
    const afterwards = await codeOf();
    expect(afterwards).toBe(moment < 2 ? 'IDEMPOTENCY_KEY_REUSED' : 'placed');
    expect((await stored()).commits).toHaveLength(1);
    await expectConsistent(await stored());
  });
});

describe.each(moments.slice(0, 4))('a lost answer to call %i of 4', (moment) => {
  it('is a fault, and the repeated request gets exactly one order', async () => {
    calls.loseAnswerTo(moment);
    await expect(place(crashing)).rejects.toThrow();
    calls.reset();
    await claimEnds();
    await placeWell();
    expect((await stored()).commits).toHaveLength(1);
    await expectConsistent(await stored());
  });
});

/** The time to live of a contact, in seconds since 1970. */
async function expiryOf(orderId: string): Promise<number | undefined> {
  const request = { TableName: tables.contacts, Key: { orderId: { S: orderId } } };
  const { Item } = await store.client.send(new GetItemCommand(request));
  return Item?.expiresAt?.N === undefined ? undefined : Number(Item.expiresAt.N);
}

describe('the contact of an order', () => {
  const month = 30 * 24 * 60 * 60;

  it('expires after a month when the order was never placed, because the process died before its commit', async () => {
    calls.dieAfter(2);
    await place({ remainingMs: 1 }).catch(() => undefined);
    calls.reset();
    const { commits, contact } = await stored();
    expect([commits.length, contact?.shippingAddress]).toEqual([0, body.shippingAddress]);
    expect(await expiryOf(orderIdFor('alice', key))).toBe(Date.parse(now) / 1_000 + month);
  });

  it.each([
    ['the commits that were read', () => toItem(commitsOf(placed)[0] as Commit, { home: 'a', epoch: 0 })],
    ['commits that cannot be read', () => ({ events: { S: 'none' } })],
  ])('is kept by the consumer of the log, with %s, also when the request comes again', async (_, image) => {
    const { orderId } = await placeWell();
    const item = { sequenceNumber: '100', key: { orderId, version: '1' }, image: image() };
    const consumed: unknown[] = [];
    const consume = keepingContacts(contactStore(tables.contacts), async (items: readonly StreamItem[]) => {
      consumed.push(...items);
      return [];
    });
    await consume([item, item, { ...item, key: { orderId, version: '2' } }]);
    expect([await expiryOf(orderId), consumed.length]).toEqual([undefined, 3]);
    await store.client.send(new DeleteItemCommand(await recordKey()));
    expect((await placeWell()).replayed).toBe(true);
    expect(await expiryOf(orderId)).toBeUndefined();
  });

  it('keeps its end when the log has only later versions of another order', async () => {
    const { orderId } = await placeWell();
    const consume = keepingContacts(contactStore(tables.contacts), async () => []);
    await consume([{ key: { orderId, version: '2' } }, { key: { orderId: 'ord_other', version: '1' } }]);
    expect(await expiryOf(orderId)).toBeGreaterThan(0);
  });

  it('is not kept silently: the batch fails when the store does', async () => {
    const consume = keepingContacts({ keep: () => Promise.reject(new TransientFault('away')) }, async () => []);
    await expect(consume([{ key: { orderId: 'ord_1', version: '1' } }])).rejects.toThrow('away');
  });
});

describe('the contact store', () => {
  const record = {
    orderId: 'ord_contact',
    requestHash: 'a',
    shippingAddress: body.shippingAddress,
    contact: body.contact,
  };
  const contacts = () => contactStore(tables.contacts);

  it('accepts the same record twice, and refuses another one for the same order', async () => {
    expect(await contacts().put(record, now)).toBe('stored');
    expect(await contacts().put(record, now)).toBe('stored');
    const other = { ...record, requestHash: 'b', shippingAddress: elsewhere.shippingAddress };
    expect(await contacts().put(other, now)).toBe('reused');
    expect(await contacts().find('ord_contact')).toEqual(record);
  });

  it('lets a record expire until its order is placed, and after a repeated request later', async () => {
    const late = { ...record, orderId: 'ord_late' };
    await contacts().put(late, now);
    await contacts().put(late, '2026-11-23T00:00:00.500Z' as Instant);
    expect(await expiryOf('ord_late')).toBe(Date.parse('2026-11-23T00:00:01Z') / 1_000);
    await contacts().keep('ord_late');
    expect(await expiryOf('ord_late')).toBeUndefined();
    expect(await contacts().find('ord_late')).toEqual(late);
  });

  it('lets neither a repeated request nor another one change a record that was kept', async () => {
    const kept = { ...record, orderId: 'ord_kept' };
    await contacts().put(kept, now);
    await contacts().keep('ord_kept');
    expect(await contacts().put(kept, now)).toBe('stored');
    expect(await contacts().put({ ...kept, requestHash: 'b' }, now)).toBe('reused');
    expect(await expiryOf('ord_kept')).toBeUndefined();
    await contacts().keep('ord_kept');
    expect(await contacts().find('ord_kept')).toEqual(kept);
  });

  it.each([{}, { requestHash: { S: 'a' } }, { requestHash: { S: 'b' } }])(
    'does not store data again that was erased (%j)',
    async (kept) => {
      const Item = { orderId: { S: 'ord_gone' }, ...kept };
      await store.client.send(new PutItemCommand({ TableName: tables.contacts, Item }));
      expect(await contacts().put({ ...record, orderId: 'ord_gone' }, now)).toBe('stored');
      const Key = { orderId: { S: 'ord_gone' } };
      const { Item: after } = await store.client.send(new GetItemCommand({ TableName: tables.contacts, Key }));
      expect(after).toEqual(Item);
      expect(await contacts().find('ord_gone')).toBeUndefined();
    },
  );

  it('makes no record by keeping one that does not exist', async () => {
    await contacts().keep('ord_none');
    expect(await contacts().find('ord_none')).toBeUndefined();
  });

  it('finds nothing for an order whose data was erased or never existed', async () => {
    expect(await contacts().find('ord_erased')).toBeUndefined();
  });

  it('faults on an item that is no address', async () => {
    const Item = { orderId: { S: 'ord_odd' }, shippingAddress: { S: 'Hauptstr. 1' } };
    await store.client.send(new PutItemCommand({ TableName: tables.contacts, Item }));
    await expect(contacts().find('ord_odd')).rejects.toThrow();
  });
});

describe('the idempotency key', () => {
  it.each(['a', 'K'.repeat(255), '!~key-1'])('may be %o', (header) => {
    expect(readIdempotencyKey({ 'idempotency-key': header })).toBe(header);
  });

  it.each([undefined, '', ' ', 'a b', 'K'.repeat(256), 'schlüssel', 'a\n'])(
    'is required, and may not be %o',
    (header) => {
      expect(readIdempotencyKey({ 'idempotency-key': header })).toMatchObject({
        refused: { code: 'IDEMPOTENCY_KEY_REQUIRED', errors: [{ path: 'headers.idempotency-key' }] },
      });
    },
  );

  it.each([
    [undefined, 'The header Idempotency-Key is required.'],
    ['a b', 'The header Idempotency-Key has a space at position 2.'],
    ['schl\u00fcssel', 'The header Idempotency-Key has a character other than visible ASCII at position 5.'],
    ['K'.repeat(300), 'The header Idempotency-Key has 300 characters and may have at most 255.'],
  ])('that is %o is refused with what is wrong with it', (header, detail) => {
    expect(readIdempotencyKey({ 'idempotency-key': header })).toMatchObject({ refused: { detail } });
  });
});
