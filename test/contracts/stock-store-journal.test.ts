import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { maxVoided, type StockRequest } from '../../functions/inventory/reservations/index.ts';
import type { Client } from '../../functions/shared/table-access.ts';
import { makeHot } from '../support/hot-skus.ts';
import { openStock, type Stock } from '../support/stock.ts';
import { audit, readBooks, unitsIn } from './stock-store-audit.ts';
import { codeOf, expiresAt, fresh, now, order, receive } from './stock-store-contract.ts';
import { fatefulClient } from './stock-store-faults.ts';
import { clock, openStockTables, paceWith, store, table, time } from './stock-table.ts';

const orphanedMs = 5_001;
/** Requests of a new process: the plan, the snapshot, the debit, then the reservation. */
const beforeBinding = 3;

openStockTables();
const pace = paceWith(0.5);

function shopOver(client: Client): Stock {
  return openStock(table, { client, pace, clock });
}

const sound = () => shopOver(store.client);

const sweep = (...skus: string[]) => {
  time.nowMs += orphanedMs;
  return sound().sweep(skus);
};

async function hotSku(units: number, shards = 1, location = 'W1'): Promise<string> {
  const sku = fresh('HOT');
  await sound().plan(sku, { location, shards });
  await receive(sound(), sku, location, units);
  await makeHot(store.client, table, sku);
  return sku;
}

async function coldSku(units: number): Promise<string> {
  const sku = fresh('COLD');
  await receive(sound(), sku, 'W1', units);
  return sku;
}

/** A process that ends before this request and makes no later one. */
function dyingBefore(request: number): Client {
  let requests = 0;
  const send = async (command: never) => {
    if (requests++ >= request) throw new Error('the process has ended');
    return store.client.send(command);
  };
  return { send } as unknown as Client;
}

/** A process that does something else just before it sends a command of this kind for the first time. */
function interrupted(before: { new (...args: never[]): object }, act: () => Promise<unknown>): Client {
  let acted = false;
  const send = async (command: object) => {
    if (!acted && command instanceof before) {
      acted = true;
      await act();
    }
    return store.client.send(command as never);
  };
  return { send } as unknown as Client;
}

async function books(...skus: string[]) {
  const { shards, reservations, receipts } = await readBooks(store.client, table);
  const of = (sku: string) => skus.includes(sku);
  return {
    shards: shards.filter(({ pk }) => of(pk.split('#')[2] ?? '')),
    reservations: reservations.filter(({ parts = [] }) => parts.some(({ sku }) => of(sku))),
    receipts: receipts.filter(({ sku }) => of(sku)),
  };
}

const journals = async (...skus: string[]) =>
  (await books(...skus)).shards.flatMap((shard) => Object.keys(shard).filter((name) => name.startsWith('j:')));

/** The books balance, only orders hold units, and every unit can be sold. */
async function expectAllForSale(skus: readonly string[], units: number): Promise<void> {
  expect(audit(await books(...skus))).toEqual([]);
  expect(await journals(...skus)).toEqual([]);
  for (const sku of skus) {
    const all = order({ [sku]: units });
    expect(codeOf(await sound().reserve(all, now))).toBeUndefined();
    await sound().release(all.orderId);
  }
}

/** Orders of every kind with a hot line. */
async function kinds(): Promise<{ name: string; skus: string[]; request: StockRequest }[]> {
  const [one, gathered, first, second, third, warm, cold] = [
    await hotSku(4, 2),
    await hotSku(4, 4),
    await hotSku(4),
    await hotSku(4),
    await hotSku(4),
    await hotSku(4, 2),
    await coldSku(4),
  ];
  return [
    { name: 'one line', skus: [one], request: order({ [one]: 1 }) },
    { name: 'a line of several shards', skus: [gathered], request: order({ [gathered]: 3 }) },
    { name: 'three lines', skus: [first, second, third], request: order({ [first]: 1, [second]: 1, [third]: 1 }) },
    { name: 'a hot and a cold line', skus: [warm, cold], request: order({ [warm]: 1, [cold]: 2 }) },
  ];
}
const kindCount = 4;
/** More requests than any order here needs, so that the last rounds have no fault. */
const maxRequests = 9;

async function kindAt(index: number) {
  const kind = (await kinds())[index];
  if (kind === undefined) throw new Error('unknown kind');
  return kind;
}

describe.each(Array.from({ length: kindCount }, (_, index) => index))('a hot order of kind %i', (index) => {
  it('whose worker ends before any of its requests leaves only what a sweep repairs', async () => {
    for (let request = 0; request < maxRequests; request++) {
      const { name, skus, request: wanted } = await kindAt(index);
      const died = await shopOver(dyingBefore(request))
        .reserve(wanted, now)
        .then(
          () => false,
          () => true,
        );
      if (request < 2) expect(died, name).toBe(true);
      await Promise.all([sweep(...skus), sound().sweep(skus)]);
      expect(audit(await books(...skus)), `${name}, request ${request}`).toEqual([]);
      expect(await journals(...skus)).toEqual([]);
      // The saga repeats the step, and again after that.
      const held = await sound().reserve(wanted, now);
      expect(codeOf(held)).toBeUndefined();
      expect(await sound().reserve(wanted, now)).toEqual(held);
      expect(audit(await books(...skus))).toEqual([]);
      await sound().release(wanted.orderId);
      await sweep(...skus);
      await expectAllForSale(skus, 4);
    }
  });

  it('that is repeated right after any of its answers was lost is held once', async () => {
    for (let position = 0; position < maxRequests; position++) {
      const { name, skus, request: wanted } = await kindAt(index);
      let requests = 0;
      const client = fatefulClient(store.client, () => (requests++ === position ? 'lost-acknowledgement' : 'sound'));
      const first = await shopOver(client)
        .reserve(wanted, now)
        .catch((fault) => void expect(fault.name).toBe('TimeoutError'));
      const held = await sound().reserve(wanted, now);
      expect(codeOf(held), `${name}, request ${position}`).toBeUndefined();
      if (first !== undefined) expect(held).toEqual(first);
      await sweep(...skus);
      expect(audit(await books(...skus)), `${name}, request ${position}`).toEqual([]);
      await sound().release(wanted.orderId);
      await expectAllForSale(skus, 4);
    }
  });

  it('that several processes request at the same time is held once', async () => {
    const { skus, request } = await kindAt(index);
    const answers = await Promise.all(Array.from({ length: 4 }, () => sound().reserve(request, now)));
    // Another of the four processes may hold, for a moment, the units that one wants.
    const held = answers.filter((answer) => codeOf(answer) === undefined);
    expect(held.length).toBeGreaterThan(0);
    expect(new Set(held.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(audit(await books(...skus))).toEqual([]);
    const wanted = request.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(unitsIn(await books(...skus), 'rs')).toBe(wanted);
  });

  it('that arrives after its release holds nothing', async () => {
    const { skus, request } = await kindAt(index);
    await sound().release(request.orderId);
    expect(codeOf(await sound().reserve(request, now))).toBe('RESERVATION_CLOSED');
    expect(unitsIn(await books(...skus), 'rs')).toBe(0);
    await expectAllForSale(skus, 4);
  });

  it('that is released while its worker sleeps before it writes the reservation holds nothing', async () => {
    const { skus, request } = await kindAt(index);
    const asleep = interrupted(UpdateItemCommand, () => sound().release(request.orderId));
    expect(codeOf(await shopOver(asleep).reserve(request, now))).toBe('RESERVATION_CLOSED');
    await expectAllForSale(skus, 4);
  });

  it('is confirmed, shipped, released and expired like any other', async () => {
    const { skus, request } = await kindAt(index);
    const held = await sound().reserve(request, now);
    if ('refused' in held) throw new Error('refused');
    expect(await sound().confirm(request.orderId, now)).toEqual({ confirmed: true });
    const [allocation] = held.allocations;
    if (allocation === undefined) throw new Error('a hold without allocations');
    await sound().commit({ ...allocation, orderId: request.orderId, shipmentId: fresh('shipment') });
    expect(audit(await books(...skus))).toEqual([]);
    expect(await journals(...skus)).toEqual([]);
    expect(unitsIn(await books(...skus), 'sh')).toBeGreaterThan(0);
  });

  it('expires at its time, and its units are for sale', async () => {
    const { skus, request } = await kindAt(index);
    await sound().reserve(request, now);
    expect(await sound().expire(request.orderId, now)).toBe(false);
    expect(await sound().expire(request.orderId, expiresAt)).toBe(true);
    expect(await sound().expire(request.orderId, expiresAt)).toBe(false);
    await expectAllForSale(skus, 4);
  });
});

describe('all lines or none, with hot lines', () => {
  it.each([
    { name: 'a hot line', scarce: hotSku },
    { name: 'a cold line', scarce: coldSku },
  ])('undoes the hot debits when $name is short', async ({ scarce }) => {
    const [plenty, short] = [await hotSku(5), await scarce(1)];
    // Processes that assume enough units: they debit before they find out.
    expect(codeOf(await sound().reserve(order({ [plenty]: 1, [short]: 2 }), now))).toBe('OUT_OF_STOCK');
    expect(unitsIn(await books(plenty, short), 'rs')).toBe(0);
    await expectAllForSale([plenty], 5);
    await expectAllForSale([short], 1);
  });

  it('gives the last units of two SKUs to one of two orders, in whatever order they list the SKUs', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await hotSku(1), await hotSku(1)];
      const answers = await Promise.allSettled([
        sound().reserve(order({ [a]: 1, [b]: 1 }), now),
        sound().reserve(order({ [b]: 1, [a]: 1 }), now),
      ]);
      const codes = answers.map((each) => (each.status === 'fulfilled' ? codeOf(each.value) : each.reason.name));
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(audit(await books(a, b))).toEqual([]);
    }
  });
});

describe('a worker that is frozen between its debit and its reservation', () => {
  it('cannot bind units that a sweep has given back, and starts over', async () => {
    const sku = await hotSku(1);
    const request = order({ [sku]: 1 });
    let repaired = 0;
    const frozen = interrupted(PutItemCommand, async () => {
      repaired = (await sweep(sku)).repairedCount;
    });
    expect(codeOf(await shopOver(frozen).reserve(request, now))).toBeUndefined();
    expect(repaired).toBe(1);
    await sweep(sku);
    expect(audit(await books(sku))).toEqual([]);
    expect(unitsIn(await books(sku), 'rs')).toBe(1);
  });

  it('finds the units sold to another order', async () => {
    const sku = await hotSku(1);
    const frozen = interrupted(PutItemCommand, async () => {
      await sweep(sku);
      expect(codeOf(await sound().reserve(order({ [sku]: 1 }), now))).toBeUndefined();
    });
    expect(codeOf(await shopOver(frozen).reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
    await sweep(sku);
    expect(audit(await books(sku))).toEqual([]);
    expect(unitsIn(await books(sku), 'rs')).toBe(1);
  });

  it('and wrote it before the sweep began keeps its units', async () => {
    const sku = await hotSku(2);
    await sound().reserve(order({ [sku]: 1 }), now);
    expect(await sweep(sku)).toEqual({ repairedCount: 0, droppedCount: 1, leftCount: 0 });
    expect(await sound().levels(sku)).toMatchObject({ available: 1, reserved: 1 });
  });

  it('and wrote it while the sweep was reading keeps its units', async () => {
    const sku = await hotSku(2);
    const request = order({ [sku]: 1 });
    let held: unknown;
    const { shards, reservations } = sound().functions.reserving;
    const frozen = interrupted(PutItemCommand, async () => {
      time.nowMs += orphanedMs;
      // The sweep finds no reservation; then the worker continues before the sweep's next write.
      const late = interrupted(UpdateItemCommand, async () => {
        const [shard] = await shards.read([{ location: 'W1', sku, shard: 0 }], 'strong');
        const [entry] = shard?.journal ?? [];
        const part = { lineId: '1', sku, location: 'W1', shard: 0, quantity: 1, nonce: entry?.nonce ?? '' };
        const reservation = { orderId: request.orderId, state: 'HELD', expiresAt, parts: [part], revision: 0 } as const;
        held = await reservations.hold(reservation);
      });
      expect(await shopOver(late).sweep([sku])).toEqual({ repairedCount: 0, droppedCount: 1, leftCount: 0 });
    });
    expect(codeOf(await shopOver(frozen).reserve(request, now))).toBeUndefined();
    expect(held).toEqual({ outcome: 'held' });
    expect(audit(await books(sku))).toEqual([]);
    expect(await sound().levels(sku)).toMatchObject({ available: 1, reserved: 1 });
  });

  it('is not disturbed while it may still be at work', async () => {
    const sku = await hotSku(2);
    await expect(shopOver(dyingBefore(beforeBinding)).reserve(order({ [sku]: 1 }), now)).rejects.toThrow('ended');
    expect(await journals(sku)).toHaveLength(1);
    time.nowMs += 4_900;
    expect(await sound().sweep([sku])).toEqual({ repairedCount: 0, droppedCount: 0, leftCount: 0 });
    time.nowMs += 200;
    expect(await sound().sweep([sku])).toEqual({ repairedCount: 1, droppedCount: 0, leftCount: 0 });
  });
});

describe('sweeps of journals', () => {
  async function orphans(count: number, shards = 1) {
    const sku = await hotSku(10, shards);
    // Other orders keep units reserved, so that units given back twice would not be stopped by the counter's lower
    // bound.
    const kept = order({ [sku]: 3 });
    await sound().reserve(kept, now);
    for (let orphan = 0; orphan < count; orphan++) {
      await expect(shopOver(dyingBefore(beforeBinding)).reserve(order({ [sku]: 1 }), now)).rejects.toThrow('ended');
    }
    return sku;
  }

  it('that run at the same time give every unit back once', async () => {
    const sku = await orphans(4);
    time.nowMs += orphanedMs;
    const swept = await Promise.all(Array.from({ length: 3 }, () => sound().sweep([sku])));
    expect(swept.reduce((sum, { repairedCount }) => sum + repairedCount, 0)).toBe(4);
    expect(await sound().levels(sku)).toMatchObject({ available: 7, reserved: 3 });
    expect(audit(await books(sku))).toEqual([]);
  });

  it('that end before any of their requests are finished by the next one', async () => {
    for (let request = 0; request < 10; request++) {
      const sku = await orphans(2);
      time.nowMs += orphanedMs;
      await shopOver(dyingBefore(request))
        .sweep([sku])
        .catch((fault) => expect(fault.message).toContain('ended'));
      await sound().sweep([sku]);
      expect(await sound().levels(sku)).toMatchObject({ available: 7, reserved: 3 });
      expect(audit(await books(sku))).toEqual([]);
      expect(await journals(sku)).toEqual([]);
    }
  });

  it('that lose an answer are finished by the next one', async () => {
    for (let position = 0; position < 8; position++) {
      const sku = await orphans(2);
      time.nowMs += orphanedMs;
      let requests = 0;
      const client = fatefulClient(store.client, () => (requests++ === position ? 'lost-acknowledgement' : 'sound'));
      await shopOver(client)
        .sweep([sku])
        .catch((fault) => expect(fault.name).toBe('TimeoutError'));
      await sound().sweep([sku]);
      expect(await sound().levels(sku)).toMatchObject({ available: 7, reserved: 3 });
      expect(audit(await books(sku))).toEqual([]);
    }
  });

  it('are made before an order is refused', async () => {
    const sku = await hotSku(1);
    await expect(shopOver(dyingBefore(beforeBinding)).reserve(order({ [sku]: 1 }), now)).rejects.toThrow('ended');
    expect(codeOf(await sound().reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
    time.nowMs += orphanedMs;
    expect(codeOf(await sound().reserve(order({ [sku]: 1 }), now))).toBeUndefined();
    await sweep(sku);
    expect(audit(await books(sku))).toEqual([]);
  });

  it('leave entries whose nonce they cannot void', async () => {
    const sku = await hotSku(460);
    const request = order({ [sku]: 1 });
    for (let attempt = 0; attempt < maxVoided + 2; attempt++) {
      await expect(shopOver(dyingBefore(beforeBinding)).reserve(request, now)).rejects.toThrow('ended');
    }
    expect(await sweep(sku)).toEqual({ repairedCount: maxVoided, droppedCount: 0, leftCount: 2 });
    // In the end the order gets its reservation or none, and its other entries are repaired.
    await sound().release(request.orderId);
    expect(await sweep(sku)).toEqual({ repairedCount: 2, droppedCount: 0, leftCount: 0 });
    await expectAllForSale([sku], 460);
  });
});
