import { describe, expect, it } from 'vitest';
import type { Allocation } from '../../events/vocabulary.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { type Instant, toInstant } from '../../functions/shared/kernel/time.ts';
import type { Stock } from '../support/stock.ts';

/** The operations of a stock for orders and for the warehouse. */
export type StockOperations = Pick<
  Stock,
  'reserve' | 'confirm' | 'release' | 'expire' | 'commit' | 'receive' | 'levels' | 'availability' | 'plan'
>;

/** A stock, and a way to open processes on it. */
export interface StockHarness {
  /** Another process over the same stock, with empty caches. */
  open(): StockOperations;
  /** Lets time pass for the caches of the processes. */
  wait(milliseconds: number): void;
}

const noon = Date.parse('2026-11-22T12:00:00.000Z');
export const now = toInstant(noon);
export const expiresAt = toInstant(noon + 900_000);
const justBefore = toInstant(noon + 899_999);
const muchLater = toInstant(noon + 86_400_000);

let names = 0;
/** A name that was not used before. */
export function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${names}`;
}

export function order(lines: Readonly<Record<string, number>>, orderId = fresh('order'), until: Instant = expiresAt) {
  return {
    orderId,
    lines: Object.entries(lines).map(([sku, quantity], index) => ({ lineId: String(index + 1), sku, quantity })),
    expiresAt: until,
  };
}

export async function receive(
  store: Pick<StockOperations, 'receive'>,
  sku: string,
  location: string,
  quantity: number,
): Promise<void> {
  await store.receive({ receiptId: fresh('receipt'), sku, location, quantity }, now);
}

export function codeOf(answer: unknown): string | undefined {
  return isRefusal(answer as { refused: { code: string } })
    ? (answer as { refused: { code: string } }).refused.code
    : undefined;
}

const allocation = (location: string, ...lines: [lineId: string, sku: string, quantity: number][]): Allocation => ({
  location,
  lines: lines.map(([lineId, sku, quantity]) => ({ lineId, sku, quantity })),
});

/** The contract of every stock store. */
export function stockStoreContract(name: string, harness: () => StockHarness): void {
  describe(`${name}: holding stock`, () => {
    it('holds the units of an order until the hold expires', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      const held = await store.reserve(order({ [sku]: 3 }), now);
      expect(held).toMatchObject({ allocations: [allocation('W1', ['1', sku, 3])], expiresAt });
      expect(await store.levels(sku)).toMatchObject({ onHand: 5, available: 2, reserved: 3 });
    });

    it('never sells more than there is', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      await store.reserve(order({ [sku]: 3 }), now);
      const refused = await store.reserve(order({ [sku]: 3 }), now);
      expect(refused).toEqual({ refused: { code: 'OUT_OF_STOCK', detail: `${sku}: 3 wanted, fewer available` } });
      expect(await store.levels(sku)).toMatchObject({ available: 2, reserved: 3 });
    });

    it('refuses a SKU that was never received', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      const refused = await store.reserve(order({ [sku]: 1 }), now);
      expect(refused).toEqual({ refused: { code: 'OUT_OF_STOCK', detail: `${sku}: 1 wanted, fewer available` } });
    });

    it('holds all lines or none', async () => {
      const store = harness().open();
      const [plenty, scarce] = [fresh('SKU'), fresh('SKU')];
      await receive(store, plenty, 'W1', 100);
      await receive(store, scarce, 'W1', 1);
      expect(codeOf(await store.reserve(order({ [plenty]: 1, [scarce]: 2 }), now))).toBe('OUT_OF_STOCK');
      expect(await store.levels(plenty)).toMatchObject({ available: 100, reserved: 0 });
      expect(codeOf(await store.reserve(order({ [plenty]: 1, [scarce]: 1 }), now))).toBeUndefined();
    });

    it('counts lines of the same SKU together', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      const twoLines = (first: number, second: number) => ({
        orderId: fresh('order'),
        expiresAt,
        lines: [
          { lineId: '1', sku, quantity: first },
          { lineId: '2', sku, quantity: second },
        ],
      });
      expect(await store.reserve(twoLines(3, 3), now)).toEqual({
        refused: { code: 'OUT_OF_STOCK', detail: `${sku}: 6 wanted, fewer available` },
      });
      const request = twoLines(3, 2);
      expect(await store.reserve(request, now)).toMatchObject({
        allocations: [allocation('W1', ['1', sku, 3], ['2', sku, 2])],
      });
      expect(await store.levels(sku)).toMatchObject({ available: 0, reserved: 5 });
      await store.release(request.orderId);
      expect(await store.levels(sku)).toMatchObject({ available: 5, reserved: 0 });
    });

    it('reserves once, however often and from whichever process an order is repeated', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await receive(open(), sku, 'W1', 10);
      const request = order({ [sku]: 4 });
      const first = await open().reserve(request, now);
      const again = await open().reserve({ ...request, expiresAt: muchLater }, justBefore);
      expect(again).toEqual(first);
      expect(await open().levels(sku)).toMatchObject({ available: 6, reserved: 4 });
    });

    it('answers a repeated order with its hold after everything was sold', async () => {
      const { open } = harness();
      const store = open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 1);
      const request = order({ [sku]: 1 });
      const first = await store.reserve(request, now);
      expect(codeOf(await store.reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
      expect(await store.reserve(request, now)).toEqual(first);
      expect(await open().reserve(request, now)).toEqual(first);
    });

    it('refuses quantities that are not a number of units', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      await expect(store.reserve(order({ [sku]: -1 }), now)).rejects.toThrow(RangeError);
      await expect(store.reserve(order({ [sku]: 0.5 }), now)).rejects.toThrow(RangeError);
      expect(await store.levels(sku)).toMatchObject({ available: 5, reserved: 0 });
    });
  });

  describe(`${name}: finding the last unit`, () => {
    it('finds it in any shard', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await open().plan(sku, { location: 'W1', shards: 16 });
      await receive(open(), sku, 'W1', 20);
      for (let sold = 0; sold < 20; sold++)
        expect(codeOf(await open().reserve(order({ [sku]: 1 }), now))).toBeUndefined();
      expect(codeOf(await open().reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
    });

    it('gathers a quantity that no single shard has', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await open().plan(sku, { location: 'W1', shards: 8 });
      await receive(open(), sku, 'W1', 16);
      expect(await open().reserve(order({ [sku]: 15 }), now)).toMatchObject({
        allocations: [allocation('W1', ['1', sku, 15])],
      });
      expect(codeOf(await open().reserve(order({ [sku]: 2 }), now))).toBe('OUT_OF_STOCK');
      expect(codeOf(await open().reserve(order({ [sku]: 1 }), now))).toBeUndefined();
    });

    it('finds it at a location that was added a moment ago', async () => {
      const { open } = harness();
      const [seller, warehouse] = [open(), open()];
      const sku = fresh('SKU');
      await receive(warehouse, sku, 'W1', 1);
      expect(codeOf(await seller.reserve(order({ [sku]: 1 }), now))).toBeUndefined();
      await receive(warehouse, sku, 'W2', 1);
      expect(await seller.reserve(order({ [sku]: 1 }), now)).toMatchObject({
        allocations: [allocation('W2', ['1', sku, 1])],
      });
    });

    it('finds returned units at the latest after a quarter of a second', async () => {
      const { open, wait } = harness();
      const [seller, other] = [open(), open()];
      const sku = fresh('SKU');
      await receive(other, sku, 'W1', 1);
      const first = order({ [sku]: 1 });
      await other.reserve(first, now);
      expect(codeOf(await seller.reserve(order({ [sku]: 1 }), now))).toBe('OUT_OF_STOCK');
      await other.release(first.orderId);
      wait(250);
      expect(codeOf(await seller.reserve(order({ [sku]: 1 }), now))).toBeUndefined();
    });
  });

  describe(`${name}: choosing locations`, () => {
    it('serves an order from one location if any has everything', async () => {
      const store = harness().open();
      const [a, b] = [fresh('SKU'), fresh('SKU')];
      await receive(store, a, 'W1', 5);
      await receive(store, b, 'W1', 1);
      await receive(store, a, 'W2', 5);
      await receive(store, b, 'W2', 5);
      const held = await store.reserve(order({ [a]: 2, [b]: 2 }), now);
      expect(held).toMatchObject({ allocations: [allocation('W2', ['1', a, 2], ['2', b, 2])] });
    });

    it('takes the location of the higher priority when several have everything', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      await receive(store, sku, 'W2', 50);
      expect(await store.reserve(order({ [sku]: 5 }), now)).toMatchObject({
        allocations: [allocation('W1', ['1', sku, 5])],
      });
    });

    it('splits a line over as few locations as possible', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 2);
      await receive(store, sku, 'W2', 3);
      await receive(store, sku, 'W3', 4);
      expect(await store.reserve(order({ [sku]: 6 }), now)).toMatchObject({
        allocations: [allocation('W3', ['1', sku, 4]), allocation('W1', ['1', sku, 2])],
      });
      expect(await store.levels(sku)).toMatchObject({ available: 3, reserved: 6 });
    });
  });

  describe(`${name}: the end of a hold`, () => {
    it('confirms until the last millisecond and not from the expiry on', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 2);
      const [early, late] = [order({ [sku]: 1 }), order({ [sku]: 1 })];
      await store.reserve(early, now);
      await store.reserve(late, now);
      expect(await store.confirm(early.orderId, justBefore)).toEqual({ confirmed: true });
      expect(codeOf(await store.confirm(late.orderId, expiresAt))).toBe('HOLD_EXPIRED');
    });

    it('confirms once and repeats the answer', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await receive(open(), sku, 'W1', 1);
      const request = order({ [sku]: 1 });
      const held = await open().reserve(request, now);
      expect(await open().confirm(request.orderId, now)).toEqual({ confirmed: true });
      expect(await open().confirm(request.orderId, muchLater)).toEqual({ confirmed: true });
      expect(await open().reserve(request, muchLater)).toEqual(held);
    });

    it('expires whether or not a process gave its units back', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await receive(open(), sku, 'W1', 1);
      const request = order({ [sku]: 1 });
      await open().reserve(request, now);
      expect(codeOf(await open().reserve(request, expiresAt))).toBe('HOLD_EXPIRED');
      expect(await open().expire(request.orderId, expiresAt)).toBe(true);
      expect(codeOf(await open().reserve(request, now))).toBe('HOLD_EXPIRED');
      expect(codeOf(await open().confirm(request.orderId, now))).toBe('HOLD_EXPIRED');
    });

    it('gives expired holds back and leaves all others unchanged', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 10);
      const [due, running, confirmed] = [
        order({ [sku]: 1 }),
        order({ [sku]: 2 }, fresh('order'), muchLater),
        order({ [sku]: 3 }),
      ];
      for (const request of [due, running, confirmed]) await store.reserve(request, now);
      await store.confirm(confirmed.orderId, now);
      expect(await store.expire(due.orderId, justBefore)).toBe(false);
      const all = [due.orderId, running.orderId, confirmed.orderId, fresh('order')];
      expect(await Promise.all(all.map((each) => store.expire(each, expiresAt)))).toEqual([true, false, false, false]);
      expect(await store.levels(sku)).toMatchObject({ available: 5, reserved: 5 });
      expect(await store.expire(due.orderId, expiresAt)).toBe(false);
    });

    it('does not confirm what was never held', async () => {
      expect(codeOf(await harness().open().confirm(fresh('order'), now))).toBe('RESERVATION_CLOSED');
    });
  });

  describe(`${name}: giving stock back`, () => {
    it('puts every unit back for sale, confirmed or not', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 3);
      await receive(store, sku, 'W2', 4);
      for (const confirmed of [false, true]) {
        const request = order({ [sku]: 7 });
        const held = await store.reserve(request, now);
        if (confirmed) await store.confirm(request.orderId, now);
        const { released } = await store.release(request.orderId);
        expect(held).toMatchObject({ allocations: released, expiresAt });
        expect(await store.levels(sku)).toMatchObject({ available: 7, reserved: 0 });
      }
    });

    it('gives units back once, however often it is requested', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await receive(open(), sku, 'W1', 5);
      const request = order({ [sku]: 2 });
      await open().reserve(request, now);
      const first = await open().release(request.orderId);
      expect(await open().release(request.orderId)).toEqual(first);
      expect(first.released).toEqual([allocation('W1', ['1', sku, 2])]);
      expect(await open().levels(sku)).toMatchObject({ available: 5, reserved: 0 });
    });

    it('reports what an expired hold gave back, and gives it back once', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      const request = order({ [sku]: 2 });
      await store.reserve(request, now);
      await store.expire(request.orderId, expiresAt);
      expect(await store.release(request.orderId)).toEqual({ released: [allocation('W1', ['1', sku, 2])] });
      expect(await store.levels(sku)).toMatchObject({ available: 5, reserved: 0 });
    });

    it('refuses a reservation that comes after its release', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await receive(open(), sku, 'W1', 5);
      const request = order({ [sku]: 2 });
      expect(await open().release(request.orderId)).toEqual({ released: [] });
      expect(codeOf(await open().reserve(request, now))).toBe('RESERVATION_CLOSED');
      expect(codeOf(await open().confirm(request.orderId, now))).toBe('RESERVATION_CLOSED');
      expect(await open().levels(sku)).toMatchObject({ available: 5, reserved: 0 });
    });

    it('does not reserve again what was released', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await receive(open(), sku, 'W1', 5);
      const request = order({ [sku]: 2 });
      await open().reserve(request, now);
      await open().release(request.orderId);
      expect(codeOf(await open().reserve(request, now))).toBe('RESERVATION_CLOSED');
      expect(codeOf(await open().confirm(request.orderId, now))).toBe('RESERVATION_CLOSED');
    });
  });

  describe(`${name}: shipping`, () => {
    it('books a shipment out once', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      await receive(open(), sku, 'W1', 5);
      const request = order({ [sku]: 2 });
      const shipment = {
        orderId: request.orderId,
        shipmentId: fresh('shipment'),
        location: 'W1',
        lines: request.lines,
      };
      await open().reserve(request, now);
      await open().confirm(request.orderId, now);
      expect(await open().commit(shipment)).toEqual({ committed: true });
      expect(await open().commit(shipment)).toEqual({ committed: true });
      expect(await open().levels(sku)).toEqual({
        sku,
        onHand: 3,
        available: 3,
        reserved: 0,
        safety: 0,
        locations: [{ location: 'W1', onHand: 3, available: 3, reserved: 0, safety: 0, shipped: 2 }],
      });
    });

    /** Three reserved units at W1, and four of the same order that were shipped from W2. */
    async function halfShipped() {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 3);
      await receive(store, sku, 'W2', 4);
      const request = order({ [sku]: 7 });
      await store.reserve(request, now);
      await store.confirm(request.orderId, now);
      const lines = [{ lineId: '1', sku, quantity: 4 }];
      const shipment = { orderId: request.orderId, shipmentId: fresh('shipment'), location: 'W2', lines };
      await store.commit(shipment);
      return { store, sku, shipment };
    }

    it('never gives back shipped units, and gives back the others', async () => {
      const { store, sku, shipment } = await halfShipped();
      const rest = { released: [allocation('W1', ['1', sku, 3])] };
      expect(await store.release(shipment.orderId)).toEqual(rest);
      expect(await store.release(shipment.orderId)).toEqual(rest);
      expect(await store.commit(shipment)).toEqual({ committed: true });
      expect(await store.levels(sku)).toMatchObject({ onHand: 3, available: 3, reserved: 0 });
    });

    it('is given back with the other units when everything is released, and cannot be shipped after that', async () => {
      const { store, sku, shipment } = await halfShipped();
      const all = [allocation('W1', ['1', sku, 3]), allocation('W2', ['1', sku, 4])];
      for (let times = 0; times < 2; times++) {
        const { released } = await store.release(shipment.orderId, 'everything');
        expect([...released].sort((a, b) => (a.location < b.location ? -1 : 1))).toEqual(all);
      }
      await expect(store.commit(shipment)).rejects.toThrow();
      expect(await store.levels(sku)).toMatchObject({
        onHand: 7,
        available: 7,
        reserved: 0,
        locations: [{ shipped: 0 }, { shipped: 0 }],
      });
    });

    it.each(['nothing', 'a hold', 'a released order'])('fails for %s', async (what) => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      const request = order({ [sku]: 2 });
      if (what !== 'nothing') await store.reserve(request, now);
      if (what === 'a released order') await store.release(request.orderId);
      const shipment = {
        orderId: request.orderId,
        shipmentId: fresh('shipment'),
        location: 'W1',
        lines: request.lines,
      };
      await expect(store.commit(shipment)).rejects.toThrow();
      expect(await store.levels(sku)).toMatchObject({ onHand: 5 });
    });

    it('fails for other units than are reserved at the location', async () => {
      const store = harness().open();
      const sku = fresh('SKU');
      await receive(store, sku, 'W1', 5);
      const request = order({ [sku]: 2 });
      await store.reserve(request, now);
      await store.confirm(request.orderId, now);
      const shipment = {
        orderId: request.orderId,
        shipmentId: fresh('shipment'),
        location: 'W1',
        lines: request.lines,
      };
      const more = [{ lineId: '1', sku, quantity: 3 }];
      await expect(store.commit({ ...shipment, lines: more })).rejects.toThrow();
      await expect(store.commit({ ...shipment, location: 'W2' })).rejects.toThrow();
      expect(await store.levels(sku)).toMatchObject({ onHand: 5, reserved: 2 });
    });
  });

  describe(`${name}: receiving goods`, () => {
    it('books several SKUs of one delivery under one id, each of them once', async () => {
      const { open } = harness();
      const skus = [fresh('SKU'), fresh('SKU'), fresh('SKU')];
      const delivery = { receiptId: fresh('receipt'), location: 'W1' };
      for (let times = 0; times < 2; times++) {
        for (const [index, sku] of skus.entries()) {
          const receipt = { ...delivery, sku, quantity: index + 1 };
          expect(await open().receive(receipt, now)).toEqual(receipt);
        }
      }
      for (const [index, sku] of skus.entries()) {
        expect(await open().levels(sku)).toMatchObject({ onHand: index + 1 });
        expect(codeOf(await open().receive({ ...delivery, sku, quantity: 9 }, now))).toBe('RECEIPT_ID_REUSED');
      }
      const others = [fresh('SKU'), fresh('SKU')].map((sku) => ({ ...delivery, sku, quantity: 4 }));
      await Promise.all([...others, ...others].map((receipt) => open().receive(receipt, now)));
      for (const { sku } of others) expect(await open().levels(sku)).toMatchObject({ onHand: 4 });
    });

    it('books a receipt once and refuses its id for other contents', async () => {
      const { open } = harness();
      const sku = fresh('SKU');
      const receipt = { receiptId: fresh('receipt'), sku, location: 'W1', quantity: 7 };
      expect(await open().receive(receipt, now)).toEqual(receipt);
      expect(await open().receive(receipt, now)).toEqual(receipt);
      for (const other of [{ quantity: 8 }, { location: 'W2' }]) {
        expect(codeOf(await open().receive({ ...receipt, ...other }, now))).toBe('RECEIPT_ID_REUSED');
      }
      expect(await open().levels(sku)).toEqual({
        sku,
        onHand: 7,
        available: 7,
        reserved: 0,
        safety: 0,
        locations: [{ location: 'W1', onHand: 7, available: 7, reserved: 0, safety: 0, shipped: 0 }],
      });
    });

    it('knows nothing of a SKU before its first receipt', async () => {
      expect(await harness().open().levels(fresh('SKU'))).toBeUndefined();
    });

    it('shows the units for sale of many SKUs at once', async () => {
      const store = harness().open();
      const [a, b, unknown] = [fresh('SKU'), fresh('SKU'), fresh('SKU')];
      await receive(store, a, 'W1', 3);
      await receive(store, a, 'W2', 4);
      await receive(store, b, 'W1', 1);
      await store.reserve(order({ [b]: 1 }), now);
      expect(await store.availability([a, b, unknown])).toEqual(
        new Map([
          [a, 7],
          [b, 0],
          [unknown, 0],
        ]),
      );
    });
  });
}
