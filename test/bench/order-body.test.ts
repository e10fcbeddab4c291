import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contact } from '../../api/recipient.ts';
import { idempotencyKey, quantity, sku, text } from '../../api/vocabulary.ts';
import { fromMinor } from '../../bench/replay/file/decimal.ts';
import { isRefused, orderOf, titleOf } from '../../bench/replay/order-body.ts';

const sale = {
  customerId: '17850',
  soldAt: '2010-12-01 08:26:00',
  currency: 'GBP',
  address: { name: 'Ada', line1: '1 Market Place', city: 'London', postalCode: 'EC1A 1BB', country: 'GB' },
  lines: [{ sku: 'A', title: 'Box', quantity: 1, unitPrice: fromMinor(100, 2), discount: 0n }],
};

function planned(number: string, change: Partial<typeof sale> = {}) {
  const order = orderOf('online-retail', number, { ...sale, ...change });
  return isRefused(order) ? expect.fail(order.code) : order;
}

describe('the order for a sale', () => {
  test('charges every line to the smallest unit, whatever its units, price and discount', () => {
    const line = fc.record({ units: fc.integer({ min: 1, max: 50_000 }), cents: fc.nat(50_000), off: fc.nat(100) });
    fc.assert(
      fc.property(line, fc.constantFrom('GBP', 'JPY', 'KWD'), ({ units, cents, off }, currency) => {
        const unitPrice = fromMinor(cents, 2);
        const discount = (unitPrice * BigInt(units) * BigInt(off)) / 100n;
        const order = planned('1', {
          currency,
          lines: [{ sku: 'A', title: 'Box', quantity: units, unitPrice, discount }],
        });
        const { lines } = order.body;
        expect(lines.reduce((sum, each) => sum + each.quantity, 0)).toBe(units);
        expect(lines.reduce((sum, each) => sum + each.quantity * each.unitPriceMinor, 0)).toBe(order.goodsMinor);
        expect(lines.every((each) => quantity.safeParse(each.quantity).success)).toBe(true);
        expect(lines.every((each) => each.unitPriceMinor >= 0)).toBe(true);
        expect(order.goodsMinor % (currency === 'KWD' ? 10 : 1)).toBe(0);
      }),
    );
  });

  test.each([
    '536365',
    '#1001',
    'Bestellung Nr. 7 – März',
    'x'.repeat(1_000),
    '注文'.repeat(50),
    `${'x'.repeat(99)}😀`,
    'a\tb',
  ])('has a key and texts that the API takes for the number %j', (number) => {
    const { body, idempotencyKey: key } = planned(number, { customerId: number });
    expect(idempotencyKey.safeParse(key).success).toBe(true);
    expect(text.safeParse(body.priceReason).success).toBe(true);
    expect(contact.safeParse(body.contact).error?.issues ?? []).toEqual([]);
    expect(sku.safeParse(body.customerId).success).toBe(true);
  });

  test('has another key for another number', () => {
    expect(new Set(['1', '#1', '# 1', '1 '].map((number) => planned(number).idempotencyKey)).size).toBe(4);
  });
});

describe('the title of a product', () => {
  test.each([
    ['HEART T-LIGHT HOLDER ', 'HEART T-LIGHT HOLDER'],
    ['two\r\nlines', 'two lines'],
    ['x'.repeat(300), 'x'.repeat(200)],
    ['\u200b', 'A'],
    [`${'x'.repeat(199)}😀`, `${'x'.repeat(199)}`],
  ])('%j becomes %j', (title, expected) => {
    expect(titleOf({ sku: 'A', title, quantity: 1, unitPrice: 0n, discount: 0n })).toBe(expected);
  });
});
