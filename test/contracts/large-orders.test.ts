import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamodbAuditedStock, runAudit } from '../../functions/inventory/audit/index.ts';
import { reservationPut } from '../../functions/inventory/reservations/index.ts';
import { makeHot } from '../support/hot-skus.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { watchCalls } from '../support/store-calls.ts';
import { audit, readBooks } from './stock-store-audit.ts';
import { codeOf, expiresAt, fresh, now, order } from './stock-store-contract.ts';
import { clock, openStockTables, paceWith, store, table, time } from './stock-table.ts';

openStockTables();
const pace = paceWith(0.5);
const locations = ['BER', 'VIE', 'ZRH'];

/** A process; `client` of another one than the test's can be interrupted. */
const open = (client = store.client): Stock => openStock(table, { client, pace, clock });

/** A client of its own over the same store, whose calls can be interrupted. */
function mortal() {
  const client = Object.create(store.client) as typeof store.client;
  return { client, calls: watchCalls(client) };
}

/** SKUs with units at each of these locations. */
async function stocked(count: number, units: number, where: readonly string[] = locations): Promise<string[]> {
  const skus = Array.from({ length: count }, () => fresh('SKU'));
  const process = open();
  for (let start = 0; start < count; start += 25) {
    await Promise.all(
      skus.slice(start, start + 25).map(async (sku) => {
        for (const location of where) {
          await process.receive({ receiptId: fresh('receipt'), sku, location, quantity: units }, now);
        }
      }),
    );
  }
  return skus;
}

const allOf = (skus: readonly string[], quantity: number, orderId?: string) =>
  order(Object.fromEntries(skus.map((sku) => [sku, quantity])), orderId);

/** The reserved units of the SKUs, by the shards. */
async function reserved(skus: readonly string[]): Promise<number> {
  const wanted = new Set(skus);
  const { shards } = await readBooks(store.client, table);
  return shards.filter(({ pk }) => wanted.has(pk.split('#')[2] ?? '')).reduce((sum, { rs }) => sum + rs, 0);
}

async function stateOf(orderId: string): Promise<string | undefined> {
  const key = { pk: { S: `R#${orderId}` } };
  const { Item } = await store.client.send(new GetItemCommand({ TableName: table, Key: key }));
  return Item?.st?.S;
}

/** The findings of the audit as it is deployed. */
const audited = () =>
  runAudit({
    stock: dynamodbAuditedStock(table, () => true, { client: store.client, pace }),
    pace,
    nowMs: () => time.nowMs,
  });

const defects = async () => audit(await readBooks(store.client, table));

/** Journal entries in all shards. */
async function entries(): Promise<number> {
  const { shards } = await readBooks(store.client, table);
  return shards.flatMap((shard) => Object.keys(shard).filter((name) => name.startsWith('j:'))).length;
}

describe('an order of 500 lines from three locations', () => {
  it('is held, confirmed, shipped by location and released', async () => {
    const skus = [
      ...(await stocked(167, 1, ['BER'])),
      ...(await stocked(167, 1, ['VIE'])),
      ...(await stocked(166, 1, ['ZRH'])),
    ];
    const wanted = allOf(skus, 1);
    const held = await open().reserve(wanted, now);
    if (!('allocations' in held)) throw new Error(codeOf(held));
    expect(held.allocations.flatMap(({ lines }) => lines)).toHaveLength(500);
    expect(await reserved(skus)).toBe(500);
    expect([await defects(), await entries()]).toEqual([[], 0]);
    expect(await open().reserve(wanted, now)).toEqual(held);

    expect(await open().confirm(wanted.orderId, now)).toEqual({ confirmed: true });
    const [first] = held.allocations;
    const shipment = {
      orderId: wanted.orderId,
      shipmentId: 's1',
      location: first?.location ?? '',
      lines: first?.lines ?? [],
    };
    await open().commit(shipment);
    await open().commit(shipment);
    expect(await reserved(skus)).toBe(500 - (first?.lines.length ?? 0));
    const { released } = await open().release(wanted.orderId);
    expect(released.flatMap(({ lines }) => lines)).toHaveLength(500 - (first?.lines.length ?? 0));
    expect(await reserved(skus)).toBe(0);
    expect(await defects()).toEqual([]);
    expect((await open().release(wanted.orderId)).released).toEqual(released);
  });

  it('is refused by reads alone when one line is out of stock', async () => {
    const skus = await stocked(150, 1, ['BER']);
    const { client, calls } = mortal();
    const answer = await open(client).reserve(allOf([...skus, fresh('NONE')], 1), now);
    expect(codeOf(answer)).toBe('OUT_OF_STOCK');
    expect(new Set(calls.sent)).toEqual(new Set(['BatchGetItem']));
  });

  it('fits into one item with the longest names and every line split', () => {
    const parts = Array.from({ length: 2_000 }, (_, index) => ({
      ...{ lineId: '500', sku: `${index}`.padEnd(64, 'S'), location: `${index % 3}`.padEnd(32, 'L'), shard: 511 },
      ...{ quantity: 10_000, nonce: '0123456789', shipmentId: `shp_${'0'.repeat(26)}`, due: true as const },
    }));
    const held = {
      orderId: `ord_${'0'.repeat(26)}`,
      state: 'HELD',
      expiresAt,
      parts,
      sourcing: undefined,
      revision: 99,
    } as const;
    expect(sizeOf({ M: reservationPut('t', held).Item })).toBeLessThan(400_000);
  });
});

/** The size of an attribute by the rules of DynamoDB, names in maps included. */
function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 2;
  if (value.BOOL !== undefined) return 1;
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + sizeOf(each), 3);
  return Object.entries(value.M ?? {}).reduce((sum, [name, each]) => sum + 1 + name.length + sizeOf(each), 3);
}

/** Calls after which a process may die: the first and last ones, and some between. */
function* deaths(count: number): Generator<number> {
  for (let call = 0; call <= count; call += call < 5 || call > count - 5 ? 1 : 23) yield call;
}

describe('a process that ends in an order of 100 SKUs', () => {
  const count = 100;

  it.each(['the rival', 'the next run of the step'] as const)(
    'leaves all or nothing, when %s comes first',
    async (first) => {
      const other = await stocked(count, 1_000, ['BER']);
      const { client, calls } = mortal();
      await open(client).reserve(allOf([...other, ...(await stocked(1, 1, ['BER']))], 1), now);
      const longest = calls.sent.length;
      let heldCount = 0;
      for (const death of deaths(longest)) {
        const [last = ''] = await stocked(1, 1, ['BER']);
        // The rival's unit is debited first, so that it is missing in whichever part the process ends.
        const skus = [last, ...other];
        const wanted = allOf(skus, 1);
        const before = await reserved(other);
        const dying = mortal();
        dying.calls.dieAfter(death);
        await open(dying.client)
          .reserve(wanted, now)
          .catch(() => undefined);
        const wasBound = (await stateOf(wanted.orderId)) === 'HELD';
        const rival = order({ [last]: 1 });
        let [held, rivalHeld] = [false, false];
        const runs = [
          async () => (rivalHeld = codeOf(await open().reserve(rival, now)) === undefined),
          async () => (held = codeOf(await open().reserve(wanted, now)) === undefined),
        ];
        if (first === 'the rival') time.nowMs += 14_000;
        else runs.reverse();
        for (const run of runs) await run();
        const about = `after ${death} calls`;
        expect([held, rivalHeld].filter(Boolean), about).toHaveLength(1);
        expect((await reserved(other)) - before, about).toBe(held ? count : 0);
        expect(await defects(), about).toEqual([]);
        // Units that a process debited before it ended are for sale again, whichever asks first.
        expect(rivalHeld, about).toBe(first === 'the rival' && !wasBound);
        if (held) heldCount += 1;
      }
      expect(heldCount).toBeGreaterThan(0);
    },
    60_000,
  );

  it('is followed by an undo that returns what was debited', async () => {
    const skus = await stocked(count, 1, ['BER']);
    const wanted = allOf(skus, 1);
    const dying = mortal();
    dying.calls.dieAfter(60);
    await open(dying.client)
      .reserve(wanted, now)
      .catch(() => undefined);
    expect(await reserved(skus)).toBeGreaterThan(20);
    const stock = open();
    expect(await stock.release(wanted.orderId, 'everything')).toEqual({ released: [] });
    await stock.returnDebits(wanted.orderId, skus);
    expect(await reserved(skus)).toBe(0);
    expect(codeOf(await open().reserve(wanted, now))).toBe('RESERVATION_CLOSED');
  });

  it.each(['release', 'expire', 'commit'] as const)('continues a %s where it ended', async (change) => {
    const skus = await stocked(120, 1, ['BER']);
    for (const death of [1, 2]) {
      const wanted = allOf(skus, 1);
      const held = await open().reserve(wanted, now);
      if (!('allocations' in held)) throw new Error(codeOf(held));
      const { orderId } = wanted;
      if (change === 'commit') await open().confirm(orderId, now);
      const run = async (stock: Stock) => {
        if (change === 'release') return stock.release(orderId);
        if (change === 'expire') return stock.expire(orderId, expiresAt);
        return stock.commit({ orderId, shipmentId: 's1', location: 'BER', lines: held.allocations[0]?.lines ?? [] });
      };
      const dying = mortal();
      dying.calls.dieAfter(death);
      await run(open(dying.client)).catch(() => undefined);
      expect(await defects()).toEqual([]);
      expect(await reserved(skus), `after ${death} calls`).toBe(death === 1 ? 120 : 23);
      expect((await audited()).findings).toEqual([]);
      await run(open());
      expect(await reserved(skus)).toBe(0);
      expect(await defects()).toEqual([]);
      if (change !== 'commit') continue;
      // What has left comes back for the next round.
      expect((await open().release(orderId, 'everything')).released.flatMap(({ lines }) => lines)).toHaveLength(120);
    }
  });
});

describe('two runs of the step for one order of 120 SKUs', () => {
  it('hold it once, and both have the same answer', async () => {
    const skus = await stocked(120, 2, ['BER']);
    const wanted = allOf(skus, 1);
    const [one, other] = await Promise.all([0, 1].map(() => open().reserve(wanted, now)));
    expect(codeOf(one)).toBeUndefined();
    expect(other).toEqual(one);
    expect(await reserved(skus)).toBe(120);
    expect(await defects()).toEqual([]);
  });

  it('hold it once, when one of them binds while the other has debited', async () => {
    const skus = await stocked(120, 3, ['BER']);
    const sound = mortal();
    await open(sound.client).reserve(allOf(skus, 1), now);
    const wanted = allOf(skus, 1);
    const { client, calls } = mortal();
    let answer: unknown;
    calls.before(sound.calls.sent.indexOf('PutItem'), async () => {
      time.nowMs += 60_000;
      answer = await open().reserve(wanted, now);
    });
    const first = await open(client).reserve(wanted, now);
    expect(codeOf(answer)).toBeUndefined();
    expect(first).toEqual(answer);
    expect(await reserved(skus)).toBe(240);
    expect([await defects(), await entries()]).toEqual([[], 0]);
  });
});

describe('units of one SKU on several lines', () => {
  it('are all reserved for their lines, and shipped and released by line', async () => {
    const [sku = '', other = ''] = await stocked(2, 4, ['BER', 'VIE']);
    const quantities = [3, 1, 2, 1];
    const lines = [
      ...quantities.map((quantity, index) => ({ lineId: `${index + 1}`, sku, quantity })),
      { lineId: '5', sku: other, quantity: 2 },
    ];
    const wanted = { orderId: fresh('order'), lines, expiresAt };
    const held = await open().reserve(wanted, now);
    if (!('allocations' in held)) throw new Error(codeOf(held));
    const unitsOf = (lineId: string) =>
      held.allocations
        .flatMap((each) => each.lines)
        .filter((line) => line.lineId === lineId)
        .reduce((sum, { quantity }) => sum + quantity, 0);
    expect(lines.map(({ lineId }) => unitsOf(lineId))).toEqual(lines.map(({ quantity }) => quantity));
    expect(await open().levels(sku)).toMatchObject({ available: 1, reserved: 7 });
    await open().confirm(wanted.orderId, now);
    const [first, second] = held.allocations;
    await open().commit({
      orderId: wanted.orderId,
      shipmentId: 's1',
      location: first?.location ?? '',
      lines: first?.lines ?? [],
    });
    expect((await open().release(wanted.orderId)).released).toEqual([second]);
    expect(await open().levels(sku)).toMatchObject({ reserved: 0 });
    expect(await defects()).toEqual([]);
  });
});

describe('two orders of 120 SKUs for the same units', () => {
  it.each(['T', 'J'] as const)('do not both get them, path %s', async (path) => {
    const skus = await stocked(120, 1, ['BER']);
    if (path === 'J') for (const sku of skus.slice(0, 60)) await makeHot(store.client, table, sku);
    const answers = await Promise.allSettled([0, 1].map(() => open().reserve(allOf(skus, 1), now)));
    const held = answers.filter((each) => each.status === 'fulfilled' && codeOf(each.value) === undefined);
    expect(held.length).toBeLessThanOrEqual(1);
    expect(await reserved(skus)).toBe(held.length * 120);
    expect(await defects()).toEqual([]);
    if (held.length === 0) expect(codeOf(await open().reserve(allOf(skus, 1), now))).toBeUndefined();
  });
});

describe('an order of 120 SKUs that waits for one of them', () => {
  it('is filled when the units arrive, also after a walk that ended half-way', async () => {
    for (const death of [6, 40, 129]) {
      const skus = await stocked(119, 1, ['BER']);
      const late = fresh('LATE');
      await open().setBackorder(late, { mode: 'backorder' });
      const wanted = allOf([...skus, late], 1);
      for (const sku of skus) await open().setBackorder(sku, { mode: 'backorder' });
      expect(codeOf(await open().reserve(wanted, now))).toBe('BACKORDERED');
      await open().receive({ receiptId: fresh('receipt'), sku: late, location: 'BER', quantity: 1 }, now);
      const dying = mortal();
      dying.calls.dieAfter(death);
      await open(dying.client)
        .fillBackorders(late, expiresAt)
        .catch(() => undefined);
      await open().fillBackorders(late, expiresAt);
      expect(await reserved([...skus, late]), `after ${death} calls`).toBe(120);
      expect(await defects()).toEqual([]);
      expect(await stateOf(wanted.orderId)).toBe('HELD');
    }
  });
});
