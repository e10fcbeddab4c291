import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sku as skuPattern } from '../../api/vocabulary.ts';
import { skuFrom } from '../../bench/replay/formats/sku.ts';
import { salesIn, writeCsv } from '../support/sale-files.ts';

const first = (fields: Record<string, string> = {}) => ({
  Name: '#1001',
  Email: 'Ada@Example.com',
  'Financial Status': 'paid',
  Currency: 'EUR',
  Subtotal: '50.00',
  Shipping: '4.90',
  Taxes: '8.00',
  Total: '54.90',
  'Discount Code': '',
  'Discount Amount': '0.00',
  'Created at': '2025-10-07 09:50:26 +0200',
  'Lineitem quantity': '2',
  'Lineitem name': 'Fern print - A4',
  'Lineitem price': '16.00',
  'Lineitem sku': 'FERN-1',
  'Shipping Name': 'Ada Lovelace',
  'Shipping Street': '13 Rue de Berri',
  'Shipping Address1': '13 Rue de Berri',
  'Shipping Address2': '',
  'Shipping City': 'Paris',
  'Shipping Zip': "'75008",
  'Shipping Province': '',
  'Shipping Country': 'FR',
  'Cancelled at': '',
  'Lineitem discount': '0.00',
  ...fields,
});
/** A later row of an order: the fields of the order are empty. */
const further = (fields: Record<string, string> = {}) => ({
  Name: '#1001',
  Email: 'Ada@Example.com',
  'Lineitem quantity': '1',
  'Lineitem name': 'Tote bag',
  'Lineitem price': '18.00',
  'Lineitem sku': '',
  'Lineitem discount': '0.00',
  ...fields,
});
type Rows = [Record<string, string>, ...Record<string, string>[]];

async function outcomeOf(...rows: Rows) {
  const [sale] = await salesIn('shopify-orders', [writeCsv(...rows)]);
  return sale?.outcome ?? expect.fail('no sale');
}

async function orderOf(...rows: Rows) {
  const outcome = await outcomeOf(...rows);
  return outcome.kind === 'order' ? outcome : expect.fail(JSON.stringify(outcome.kind));
}

const charged = (lines: readonly { quantity: number; unitPriceMinor: number }[]) =>
  lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);

describe('an order of the export', () => {
  test('has its lines in several rows, and what belongs to all of them in the first', async () => {
    const { order } = await orderOf(first(), further());
    expect(order.body).toMatchObject({
      currency: 'EUR',
      lines: [
        { sku: 'FERN-1', quantity: 2, unitPriceMinor: 1_600 },
        { sku: skuFrom('Tote bag'), quantity: 1, unitPriceMinor: 1_800 },
      ],
      shippingAddress: { name: 'Ada Lovelace', city: 'Paris', postalCode: '75008', country: 'FR' },
    });
    expect(order).toMatchObject({ goodsMinor: 5_000, idempotencyKey: `shopify-orders:${skuFrom('#1001')}` });
  });

  test('has a customer by the e-mail address, which goes nowhere', async () => {
    const { order } = await orderOf(first({ Email: 'ada@example.com ' }), further());
    expect(order.body.customerId).toBe((await orderOf(first(), further())).order.body.customerId);
    expect(JSON.stringify(order).toLowerCase()).not.toContain('ada@');
  });

  test('has its discount shared by what the lines are worth, to the cent', async () => {
    const { order } = await orderOf(first({ Subtotal: '45.01', 'Discount Amount': '4.99' }), further());
    expect(order.body.lines).toEqual([
      { sku: 'FERN-1', quantity: 1, unitPriceMinor: 1_440 },
      { sku: 'FERN-1', quantity: 1, unitPriceMinor: 1_441 },
      { sku: skuFrom('Tote bag'), quantity: 1, unitPriceMinor: 1_620 },
    ]);
    expect(charged(order.body.lines)).toBe(4_501);
  });

  test('has the discount of a line on that line, and the rest on all', async () => {
    const { order } = await orderOf(
      first({ Subtotal: '40.00', 'Discount Amount': '10.00' }),
      further({ 'Lineitem discount': '2.00' }),
    );
    expect(charged(order.body.lines)).toBe(4_000);
    expect(order.body.lines.at(-1)).toMatchObject({ unitPriceMinor: 1_333 });
  });

  test('with free shipping by a code has no discount on its goods', async () => {
    const { order } = await orderOf(first({ Shipping: '0.00', 'Discount Amount': '4.90' }), further());
    expect(order.goodsMinor).toBe(5_000);
  });

  test('has a fraction of a cent in its discount on one line, so that the subtotal stays exact', async () => {
    const fields = { 'Lineitem price': '16.0025', Subtotal: '50.00', 'Discount Amount': '0.005' };
    expect((await orderOf(first(fields), further())).order).toMatchObject({ goodsMinor: 5_000, roundedLines: 0 });
  });

  test('has amounts in the digits of its currency', async () => {
    const fields = { Currency: 'CLP', Subtotal: '160000', 'Discount Amount': '3056', 'Lineitem price': '81528' };
    expect((await orderOf(first(fields))).order.goodsMinor).toBe(160_000);
    const dinars = { Currency: 'KWD', Subtotal: '3.468', 'Lineitem price': '1.734' };
    expect((await orderOf(first(dinars))).order).toMatchObject({ goodsMinor: 3_470, roundedLines: 1, splitLines: 1 });
  });

  test('is placed without a row that an edit removed', async () => {
    const { order, refusedRows } = await orderOf(first({ Subtotal: '32.00' }), further({ 'Lineitem quantity': '0' }));
    expect(order.goodsMinor).toBe(3_200);
    expect(refusedRows).toMatchObject([{ reason: { code: 'QUANTITY_ZERO' } }]);
  });

  test.each([
    [{ 'Cancelled at': '2025-10-08 10:00:00 +0200' }, 'CANCELLED'],
    [{ 'Financial Status': 'voided' }, 'NOT_PAID'],
    [{ 'Financial Status': 'pending' }, 'NOT_PAID'],
    [{ Email: '' }, 'NO_CUSTOMER'],
    [{ 'Shipping City': '' }, 'NO_ADDRESS'],
    [{ 'Shipping Country': '' }, 'NO_ADDRESS'],
    [{ Subtotal: '60.00' }, 'AMOUNTS_DISAGREE'],
    [{ Subtotal: '40.00', 'Discount Amount': '5.00' }, 'AMOUNTS_DISAGREE'],
  ])('with %j is refused', async (fields, code) => {
    expect(await outcomeOf(first(fields), further())).toMatchObject({ kind: 'refused', reason: { code } });
  });

  test('of nothing but removed rows is refused', async () => {
    const outcome = await outcomeOf(first({ Subtotal: '0.00', 'Lineitem quantity': '0' }));
    expect(outcome).toMatchObject({ kind: 'refused', reason: { code: 'NO_GOODS' } });
  });

  test.each([
    [{ Currency: 'EURO' }, 'line 2, column Currency: is no currency of ISO 4217: EURO'],
    [{ 'Lineitem price': '' }, 'line 2, column Lineitem price: is empty'],
    [{ 'Lineitem quantity': '-1' }, 'line 2, column Lineitem quantity: is negative: -1'],
    [{ 'Lineitem discount': '-1' }, 'line 2, column Lineitem discount: is negative'],
    [{ 'Shipping Country': 'France' }, 'line 2, column Shipping Country: is no code of ISO 3166-1: France'],
    [{ 'Created at': 'today' }, 'line 2, column Created at: is no date'],
  ])('with %j ends the reading', async (fields, message) => {
    await expect(outcomeOf(first(fields), further())).rejects.toThrow(message);
  });

  test('is charged its subtotal, for any lines and any discount', async () => {
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 40 }),
      cents: fc.nat(20_000),
      own: fc.nat(3_000),
    });
    const property = fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 8 }),
      fc.nat(100),
      async (lines, off) => {
        const worth = charged(lines.map(({ quantity, cents }) => ({ quantity, unitPriceMinor: cents })));
        const own = lines.reduce((sum, each) => sum + Math.min(each.own, each.quantity * each.cents), 0);
        const discount = Math.min(worth, own + Math.floor((worth * off) / 100));
        const amount = (cents: number) => (cents / 100).toFixed(2);
        const fields = lines.map(({ quantity, cents, own: ownCents }) => ({
          'Lineitem quantity': `${quantity}`,
          'Lineitem price': amount(cents),
          'Lineitem discount': amount(ownCents),
        }));
        const order = { Subtotal: amount(worth - discount), 'Discount Amount': amount(discount) };
        const rows = fields.map((each, index) => (index === 0 ? first({ ...each, ...order }) : further(each)));
        const { order: planned } = await orderOf(...(rows as unknown as Rows));
        expect(planned.goodsMinor).toBe(worth - discount);
        expect(charged(planned.body.lines)).toBe(worth - discount);
        expect(planned.body.lines.every(({ unitPriceMinor }) => unitPriceMinor >= 0)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

describe('a code of a file', () => {
  test('stays as it is when the API takes it', () => {
    expect(skuFrom('85123A')).toBe('85123A');
  });

  test.each(['Tote bag', 'a/b', 'Größe M', '', '   ', '#12', 'x'.repeat(100)])('%j becomes a SKU', (code) => {
    expect(skuPattern.safeParse(skuFrom(code)).success).toBe(true);
  });

  test('stays apart from other codes', () => {
    expect(new Set(['a b', 'a/b', 'a-b', 'A b'].map(skuFrom)).size).toBe(4);
  });
});
