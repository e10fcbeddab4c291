import { describe, expect, test } from 'vitest';
import { putProductBody } from '../../api/catalog.ts';
import { shippingAddress } from '../../api/recipient.ts';
import { sku as skuPattern } from '../../api/vocabulary.ts';
import { decimalOf } from '../../bench/replay/file/decimal.ts';
import { superstoreFile } from '../../bench/replay/formats/superstore.ts';
import { planOf, salesIn, writeCsv } from '../support/sale-files.ts';

const row = (fields: Record<string, string> = {}) => ({
  'Order ID': 'CA-1',
  'Order Date': '2016-11-08',
  'Customer ID': 'CG-12520',
  'Customer Name': 'Claire Gute',
  City: 'Henderson',
  State: 'Kentucky',
  'Postal Code': '42420',
  'Product ID': 'OFF-1',
  'Product Name': 'Stapler',
  Sales: '10.00',
  Quantity: '2',
  Discount: '0',
  ...fields,
});

async function orderOf(...rows: [Record<string, string>, ...Record<string, string>[]]) {
  const [first] = await salesIn('superstore', [writeCsv(...rows)]);
  return first?.outcome.kind === 'order' ? first.outcome : expect.fail('no order');
}

describe('a row of the superstore', () => {
  test('has the unit price before its discount, and the discount in money', async () => {
    const { sale } = await orderOf(row({ Sales: '22.368', Quantity: '2', Discount: '0.2' }));
    expect(sale.lines).toMatchObject([{ quantity: 2, unitPrice: decimalOf('13.98'), discount: decimalOf('5.592') }]);
  });

  test('is charged to the cent: its amount, rounded half up, is two lines a cent apart when it must be', async () => {
    const { order } = await orderOf(row({ Sales: '22.365', Quantity: '2', Discount: '0.2' }));
    expect(order.body.lines).toEqual([
      { sku: 'OFF-1', quantity: 1, unitPriceMinor: 1_118 },
      { sku: 'OFF-1', quantity: 1, unitPriceMinor: 1_119 },
    ]);
    expect(order).toMatchObject({ goodsMinor: 2_237, roundedLines: 1, splitLines: 1 });
  });

  test('keeps its SKU at every price, and two rows with the same SKU stay two lines', async () => {
    const { order } = await orderOf(row(), row({ Quantity: '4', Sales: '16.00', Discount: '0.2' }));
    expect(order.body.lines).toEqual([
      { sku: 'OFF-1', quantity: 2, unitPriceMinor: 500 },
      { sku: 'OFF-1', quantity: 4, unitPriceMinor: 400 },
    ]);
  });

  test('is free with a discount of everything', async () => {
    expect((await orderOf(row({ Sales: '0', Discount: '1' }))).order.goodsMinor).toBe(0);
  });

  test('a postal code gets its leading zero back', async () => {
    expect((await orderOf(row({ 'Postal Code': '7055' }))).sale.address.postalCode).toBe('07055');
  });

  test.each([
    [{ City: '' }, 'line 2, column City: is empty'],
    [{ Quantity: '0' }, 'line 2, column Quantity: must be at least 1: 0'],
    [{ Sales: '-1' }, 'line 2, column Sales: is negative'],
    [{ Discount: '20' }, 'line 2, column Discount: must be from 0 to 1'],
    [{ Discount: '1' }, 'line 2, column Discount: is the whole amount, and Sales is not 0'],
  ])('%j is refused', async (fields, message) => {
    await expect(salesIn('superstore', [writeCsv(row(fields))])).rejects.toThrow(message);
  });
});

describe('sales become a catalog, stock and requests', () => {
  const plan = (...rows: [Record<string, string>, ...Record<string, string>[]]) =>
    planOf('superstore', [writeCsv(...rows)]);

  test('the stock of a SKU is the sum of all orders, its list price the highest unit price', async () => {
    const { products } = await plan(row(), row({ 'Order ID': 'CA-2', Sales: '18.00', Quantity: '3' }));
    expect(products).toEqual([{ sku: 'OFF-1', title: 'Stapler', units: 5, pricesMinor: new Map([['USD', 600]]) }]);
  });

  test('key and body of an order do not depend on the other orders, so that it is placed once', async () => {
    const { order } = await orderOf(row());
    const other = row({ 'Order ID': 'CA-0', Sales: '7.77', Quantity: '5' });
    const [, second] = await salesIn('superstore', [writeCsv(other, row())]);
    expect(second?.outcome).toMatchObject({ order });
  });

  test('a limit ends the reading after so many sales', async () => {
    const file = writeCsv(row(), row({ 'Order ID': 'CA-2' }), row({ 'Order ID': 'CA-3' }));
    expect(await salesIn('superstore', [file], 2)).toHaveLength(2);
  });
});

describe('the file of the package', async () => {
  const sales = await salesIn('superstore', [superstoreFile()]);
  const { products, file } = await planOf('superstore', [superstoreFile()]);

  test('has the documented number of orders, rows, products and units', () => {
    expect(file.orders).toMatchObject({ sales: 5_009, rows: 9_994 });
    expect(products).toHaveLength(1_862);
    expect(file.units).toBe(37_873);
  });

  test('has this value with the fractions of cents, and this one rounded by row', () => {
    expect(file.orders.amounts.get('USD')).toBe(decimalOf('2297200.8603'));
    expect(file.goodsMinor.get('USD')).toBe(229_720_107);
    expect(file).toMatchObject({ roundedLines: 4_001, splitLines: 3_626, orderLines: 13_620 });
  });

  test('has discounts that follow from its amounts: every unit price is whole cents', () => {
    for (const { outcome } of sales) {
      if (outcome.kind !== 'order') continue;
      for (const { unitPrice, discount } of outcome.sale.lines) {
        expect(unitPrice % 10n ** 10n).toBe(0n);
        expect(discount).toBeGreaterThanOrEqual(0n);
      }
    }
  });

  test('becomes requests whose parts match the schemas of the API', () => {
    for (const { outcome } of sales) {
      if (outcome.kind !== 'order') continue;
      expect(shippingAddress.safeParse(outcome.sale.address).error?.issues ?? []).toEqual([]);
      expect(outcome.order.body.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0)).toBe(
        outcome.order.goodsMinor,
      );
    }
    for (const { sku, title, pricesMinor } of products) {
      expect(skuPattern.safeParse(sku).success).toBe(true);
      const prices = [...pricesMinor].map(([currency, amountMinor]) => ({ currency, amountMinor }));
      expect(putProductBody.safeParse({ title, prices, weightGrams: 500, active: true }).success).toBe(true);
    }
  });
});
