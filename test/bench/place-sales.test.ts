import { describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import { inParallel } from '../../bench/client/in-parallel.ts';
import { ShopRefused } from '../../bench/client/shop.ts';
import { agrees, type Comparison, compareWithFile } from '../../bench/replay/compare.ts';
import { superstore } from '../../bench/replay/formats/superstore.ts';
import type { PlannedOrder } from '../../bench/replay/order-body.ts';
import { type EndedOrder, placeSales, type SalePlacement } from '../../bench/replay/place-sales.ts';
import { planReplay } from '../../bench/replay/plan.ts';
import { ordersIn } from '../../bench/replay/read-sales.ts';
import { SystemTally } from '../../bench/replay/system-tally.ts';
import { writeCsv } from '../support/sale-files.ts';

const row = (orderId: string) => ({
  'Order ID': orderId,
  'Order Date': '2016-11-08',
  'Customer ID': 'C-1',
  'Customer Name': 'Ada',
  City: 'Paris',
  State: 'Texas',
  'Postal Code': '75460',
  'Product ID': 'P',
  'Product Name': 'Pen',
  Sales: '10.01',
  Quantity: '3',
  Discount: '0',
});
const files = { format: superstore, files: [writeCsv(row('A'), row('B'))], limit: undefined };
const held = [{ sku: 'P', units: 6 }];

/** The order that an API without faults would have, shipped and captured. */
function shipped(planned: PlannedOrder): OrderResource {
  const lines = planned.body.lines.map(({ sku, quantity, unitPriceMinor }, at) => {
    return { lineId: `${at}`, sku, title: 'Pen', quantity, unitPriceMinor, totalMinor: unitPriceMinor * quantity };
  });
  const subtotalMinor = lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
  return {
    status: 'confirmed',
    customerId: planned.body.customerId,
    lines,
    totals: { subtotalMinor, totalMinor: subtotalMinor + 590 },
    payment: { capturedMinor: subtotalMinor + 590 },
  } as OrderResource;
}

type Change = (order: OrderResource, planned: PlannedOrder) => Partial<EndedOrder> | Error;

/** Replays the two sales against a system whose answers are changed. */
async function replay(change: Change = (order) => ({ order }), units = held, dispatched = true) {
  const placement: SalePlacement = {
    async placeSale(planned) {
      const changed = change(shipped(planned), planned);
      if (changed instanceof Error) throw changed;
      return { planned, order: shipped(planned), placedBefore: false, placeMs: 1, endMs: 2, ...changed };
    },
  };
  const system = new SystemTally();
  let steps = 0;
  await placeSales(placement, ordersIn(files), 8, system, () => {
    steps += 1;
  });
  expect(steps).toBe(2);
  return { system, comparisons: compareWithFile(await planReplay(files), system, units, dispatched) };
}

const differing = (comparisons: readonly Comparison[]) =>
  comparisons.filter(({ verdict }) => verdict !== 'equal').map(({ what, verdict }) => `${what}: ${verdict}`);

describe('the comparison of files and system', () => {
  test('agrees when every order, unit and cent is present', async () => {
    const { comparisons } = await replay();
    expect(differing(comparisons)).toEqual([]);
    expect(agrees(comparisons)).toBe(true);
    expect(comparisons.find(({ what }) => what === 'goods')).toMatchObject({
      currency: 'USD',
      expected: 2_002,
      system: 2_002,
    });
    expect(comparisons.find(({ what }) => what.startsWith('captured'))).toMatchObject({
      expected: 3_182,
      system: 3_182,
    });
  });

  test('differs when an order was rejected', async () => {
    const { comparisons, system } = await replay((order, { number }) =>
      number === 'A' ? { order } : { order: { ...order, status: 'rejected', rejection: { code: 'OUT', detail: '' } } },
    );
    expect(agrees(comparisons)).toBe(false);
    expect(comparisons.find(({ what }) => what === 'orders')).toMatchObject({
      expected: 2,
      system: 1,
      verdict: 'differs',
    });
    expect(system.outcomes.toJSON()).toEqual({ confirmed: 1, 'rejected OUT': 1 });
  });

  test('differs when an order was refused, and names the sale', async () => {
    const request = { method: 'POST', path: '/orders' } as const;
    const { comparisons, system } = await replay((order, { number }) =>
      number === 'A' ? { order } : new ShopRefused(request, 422, 'COUNTRY_NOT_SERVED', ''),
    );
    expect(agrees(comparisons)).toBe(false);
    expect([...system.failures]).toEqual([['COUNTRY_NOT_SERVED', { count: 1, examples: ['B'] }]]);
  });

  test('differs when the amounts of two orders are wrong and their sum is right', async () => {
    const { comparisons } = await replay((order, { number }) => {
      const [first, ...others] = order.lines;
      if (first === undefined) return {};
      const cents = number === 'A' ? 1 : -1;
      return { order: { ...order, lines: [{ ...first, unitPriceMinor: first.unitPriceMinor + cents }, ...others] } };
    });
    expect(differing(comparisons)).toEqual(['orders equal line by line: differs']);
  });

  test('differs when an order belongs to another customer', async () => {
    const { comparisons } = await replay((order) => ({ order: { ...order, customerId: 'back-office' } }));
    expect(differing(comparisons)).toEqual(['orders equal line by line: differs']);
  });

  test('differs when a cent was not captured, unless nothing was dispatched', async () => {
    const short: Change = (order) => ({ order: { ...order, payment: { ...order.payment, capturedMinor: 1_590 } } });
    expect(differing((await replay(short)).comparisons)).toEqual(['captured of the totals: differs']);
    expect(differing((await replay(short, held, false)).comparisons)).toEqual([]);
  });

  test('differs when fewer units are held than the orders need', async () => {
    expect(differing((await replay(undefined, [{ sku: 'P', units: 5 }])).comparisons)).toEqual([
      'units held in stock: differs',
    ]);
  });

  test('accepts more held units after an earlier run', async () => {
    const more = [{ sku: 'P', units: 7 }];
    expect(agrees((await replay(undefined, more)).comparisons)).toBe(false);
    const { comparisons } = await replay(() => ({ placedBefore: true }), more);
    expect(differing(comparisons)).toEqual(['units held in stock: more']);
    expect(agrees(comparisons)).toBe(true);
  });
});

describe('orders are taken from the files while they are placed', () => {
  test('and a file that changed since is an error, not a shorter replay', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error('line 3');
    }
    const done: number[] = [];
    await expect(inParallel(broken(), 4, async (item) => void done.push(item))).rejects.toThrow('line 3');
    expect(done).toEqual([1]);
  });

  test('none after one has failed', async () => {
    const begun: number[] = [];
    const placing = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('one failed');
      await new Promise((resolve) => setTimeout(resolve, 1));
    });
    await expect(placing).rejects.toThrow('one failed');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun).toEqual([1, 2]);
  });

  test('not more at a time than asked for', async () => {
    let open = 0;
    let most = 0;
    let begun = 0;
    async function* numbers(): AsyncGenerator<number> {
      for (let each = 0; each < 20; each++) {
        begun += 1;
        expect(begun - 1 - done).toBeLessThanOrEqual(3);
        yield each;
      }
    }
    let done = 0;
    await inParallel(numbers(), 3, async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open -= 1;
      done += 1;
    });
    expect({ most, done, begun }).toEqual({ most: 3, done: 20, begun: 20 });
  });
});
