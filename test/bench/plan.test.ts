import { describe, expect, test } from 'vitest';
import { putProductBody } from '../../api/catalog.ts';
import { placeOrderBody } from '../../api/orders.ts';
import { sku as skuPattern } from '../../api/vocabulary.ts';
import { planReplay, productOf } from '../../bench/replay/plan.ts';
import { ordersOf, readSuperstore } from '../../bench/replay/superstore.ts';

const row = (fields: Record<string, string>) => ({
  'Order ID': 'CA-1',
  'Customer ID': 'CG-12520',
  'Customer Name': 'Claire Gute',
  City: 'Henderson',
  State: 'Kentucky',
  'Postal Code': '42420',
  'Product ID': 'OFF-1',
  'Product Name': 'Stapler',
  Sales: '10.00',
  Quantity: '2',
  ...fields,
});

describe('rows become orders', () => {
  test('rows of one order are its lines, also when they are not adjacent', () => {
    const orders = ordersOf([row({}), row({ 'Order ID': 'CA-2' }), row({ 'Product ID': 'OFF-2' })]);
    expect(orders.map(({ orderId, lines }) => [orderId, lines.map((line) => line.productId)])).toEqual([
      ['CA-1', ['OFF-1', 'OFF-2']],
      ['CA-2', ['OFF-1']],
    ]);
  });

  test('a postal code gets its leading zero back', () => {
    expect(ordersOf([row({ 'Postal Code': '7055' })])[0]?.postalCode).toBe('07055');
  });

  test('a row without a city is refused', () => {
    expect(() => ordersOf([row({ City: '' })])).toThrow('City');
  });
});

describe('orders become a catalog, stock and requests', () => {
  const plan = (...rows: Record<string, string>[]) => planReplay(ordersOf(rows.map(row)));

  test('every price at which a product was sold is a SKU of its own', () => {
    const { products } = plan({ Sales: '10.00' }, { 'Order ID': 'CA-2', Sales: '8.00' });
    expect(products.map(({ sku, unitPriceMinor, units }) => [sku, unitPriceMinor, units])).toEqual([
      ['OFF-1@500', 500, 2],
      ['OFF-1@400', 400, 2],
    ]);
  });

  test('a row whose amount does not divide evenly becomes two lines with the same sum', () => {
    const { orders, file } = plan({ Sales: '10.01', Quantity: '3' });
    expect(orders[0]?.body.lines).toEqual([
      { sku: 'OFF-1@333', quantity: 1 },
      { sku: 'OFF-1@334', quantity: 2 },
    ]);
    expect(file).toMatchObject({ fileLines: 1, lines: 2, units: 3, subtotalMinor: 1_001 });
  });

  test('two rows of one order at the same price are one line, because the API accepts a SKU once', () => {
    const { orders, file } = plan({}, { Quantity: '4', Sales: '20.00' });
    expect(orders[0]?.body.lines).toEqual([{ sku: 'OFF-1@500', quantity: 6 }]);
    expect(file).toMatchObject({ fileLines: 2, lines: 1, productsInOrders: 1, units: 6, subtotalMinor: 3_000 });
  });

  test('the stock of a SKU is the sum of all orders', () => {
    const { products } = plan({}, { 'Order ID': 'CA-2', Sales: '15.00', Quantity: '3' });
    expect(products).toEqual([{ sku: 'OFF-1@500', title: 'Stapler', unitPriceMinor: 500, units: 5 }]);
  });

  test('key and body of an order do not depend on the other orders, so that it is placed once', () => {
    const other = { 'Order ID': 'CA-2', Sales: '7.77', Quantity: '5' };
    expect(plan({}).orders[0]).toEqual(plan({}, other).orders[0]);
  });

  test('the product of a SKU is the part before the price', () => {
    expect(productOf('OFF-1@500')).toBe('OFF-1');
  });
});

describe('the file itself', () => {
  const orders = readSuperstore();
  const { file, products, orders: planned } = planReplay(orders);

  test('has the documented number of orders, rows, products and units', () => {
    expect(file).toMatchObject({ orders: 5_009, fileLines: 9_994, products: 1_862, units: 37_873 });
  });

  test('has the same value by order and by product', () => {
    const value = products.reduce((sum, { unitPriceMinor, units }) => sum + unitPriceMinor * units, 0);
    expect(value).toBe(file.subtotalMinor);
    expect(value).toBe(229_720_107);
  });

  test('becomes requests that match the schemas of the API', () => {
    for (const { body } of planned) expect(placeOrderBody.safeParse(body).error?.issues ?? []).toEqual([]);
    for (const { sku, title, unitPriceMinor } of products) {
      expect(skuPattern.safeParse(sku).success).toBe(true);
      const prices = [{ currency: 'USD', amountMinor: unitPriceMinor }];
      expect(putProductBody.safeParse({ title, prices, weightGrams: 500, active: true }).success).toBe(true);
    }
  });
});
