import { describe, expect, test } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import { agrees, compareWithFile } from '../../bench/replay/compare.ts';
import type { EndedOrder } from '../../bench/replay/place-orders.ts';
import { planReplay } from '../../bench/replay/plan.ts';
import { ordersOf } from '../../bench/replay/superstore.ts';

const file = (orderId: string) => ({
  'Order ID': orderId,
  'Customer ID': 'C-1',
  'Customer Name': 'Ada',
  City: 'Paris',
  State: 'Texas',
  'Postal Code': '75460',
  'Product ID': 'P',
  'Product Name': 'Pen',
  Sales: '10.01',
  Quantity: '3',
});
const plan = planReplay(ordersOf([file('A'), file('B')]));
const held = [
  { sku: 'P@333', units: 2 },
  { sku: 'P@334', units: 4 },
];

function ended(index: number, change: Partial<OrderResource> = {}, placedBefore = false): EndedOrder {
  const planned = plan.orders[index];
  if (planned === undefined) throw new Error('no such order');
  const lines = planned.body.lines.map(({ sku, quantity }, at) => {
    const unitPriceMinor = Number(sku.split('@')[1]);
    return { lineId: `${at}`, sku, title: 'Pen', quantity, unitPriceMinor, totalMinor: unitPriceMinor * quantity };
  });
  const order = { status: 'confirmed', lines, totals: { subtotalMinor: 1_001 }, ...change } as OrderResource;
  return { planned, order, placedBefore, placeMs: 1, endMs: 2 };
}

const differing = (comparisons: ReturnType<typeof compareWithFile>) =>
  comparisons.filter(({ verdict }) => verdict !== 'equal').map(({ what, verdict }) => `${what}: ${verdict}`);

describe('the comparison of file and system', () => {
  test('agrees when every order, unit and cent is present', () => {
    const comparisons = compareWithFile(plan, [ended(0), ended(1)], held);
    expect(differing(comparisons)).toEqual([]);
    expect(agrees(comparisons)).toBe(true);
    expect(comparisons.find(({ what }) => what === 'money, USD')).toMatchObject({ file: 2_002, system: 2_002 });
  });

  test('differs when an order was rejected', () => {
    const comparisons = compareWithFile(plan, [ended(0), ended(1, { status: 'rejected' })], held);
    expect(agrees(comparisons)).toBe(false);
    expect(comparisons.find(({ what }) => what === 'orders')).toMatchObject({ file: 2, system: 1, verdict: 'differs' });
  });

  test('differs when the amounts of two orders are wrong and their sum is right', () => {
    const wrong = (index: number, cents: number) => {
      const { order } = ended(index);
      const [first, ...others] = order.lines;
      const lines = first === undefined ? [] : [{ ...first, unitPriceMinor: first.unitPriceMinor + cents }, ...others];
      return ended(index, { lines });
    };
    const comparisons = compareWithFile(plan, [wrong(0, 1), wrong(1, -1)], held);
    expect(differing(comparisons)).toEqual(['orders equal line by line: differs']);
  });

  test('differs when fewer units are held than the orders need', () => {
    const comparisons = compareWithFile(plan, [ended(0), ended(1)], held.slice(1));
    expect(differing(comparisons)).toEqual(['units held in stock: differs']);
  });

  test('differs when one SKU holds too much and another too little', () => {
    const shifted = [
      { sku: 'P@333', units: 3 },
      { sku: 'P@334', units: 3 },
    ];
    expect(agrees(compareWithFile(plan, [ended(0), ended(1)], shifted))).toBe(false);
  });

  test('accepts more held units after an earlier run', () => {
    const more = held.map(({ sku, units }) => ({ sku, units: units + 1 }));
    expect(agrees(compareWithFile(plan, [ended(0), ended(1)], more))).toBe(false);
    const comparisons = compareWithFile(plan, [ended(0, {}, true), ended(1, {}, true)], more);
    expect(differing(comparisons)).toEqual(['units held in stock: more']);
    expect(agrees(comparisons)).toBe(true);
  });
});
