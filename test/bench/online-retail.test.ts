import { describe, expect, test } from 'vitest';
import { shippingAddress } from '../../api/recipient.ts';
import { addressesByCountry } from '../../bench/replay/formats/online-retail-addresses.ts';
import { planOf, salesIn, writeCsv } from '../support/sale-files.ts';

const row = (fields: Record<string, string> = {}) => ({
  InvoiceNo: '536365',
  StockCode: '85123A',
  Description: 'HEART T-LIGHT HOLDER ',
  Quantity: '6',
  InvoiceDate: '2010-12-01 08:26:00',
  UnitPrice: '2.55',
  CustomerID: '17850.0',
  Country: 'United Kingdom',
  ...fields,
});
type Rows = [Record<string, string>, ...Record<string, string>[]];

async function outcomeOf(...rows: Rows) {
  const [first] = await salesIn('online-retail', [writeCsv(...rows)]);
  return first?.outcome ?? expect.fail('no sale');
}

async function orderOf(...rows: Rows) {
  const outcome = await outcomeOf(...rows);
  return outcome.kind === 'order' ? outcome : expect.fail(JSON.stringify(outcome.kind));
}

async function refusalOf(...rows: Rows) {
  const outcome = await outcomeOf(...rows);
  return outcome.kind === 'refused' ? outcome.reason.code : outcome.kind;
}

describe('an invoice', () => {
  test('is an order of its customer, in pounds, at its prices, with every row a line', async () => {
    const second = row({ StockCode: '22752', Description: 'NESTING BOXES', Quantity: '2', UnitPrice: '7.65' });
    const { order } = await orderOf(row(), second, row({ Quantity: '1', UnitPrice: '2.95' }));
    expect(order.body).toMatchObject({
      customerId: '17850',
      currency: 'GBP',
      priceReason: 'price of sale 536365 (online-retail)',
      shippingAddress: { country: 'GB', postalCode: 'EC1A 1BB' },
      lines: [
        { sku: '85123A', quantity: 6, unitPriceMinor: 255 },
        { sku: '22752', quantity: 2, unitPriceMinor: 765 },
        { sku: '85123A', quantity: 1, unitPriceMinor: 295 },
      ],
    });
    expect(order).toMatchObject({ goodsMinor: 3_355, idempotencyKey: 'online-retail:536365', roundedLines: 0 });
  });

  test('with a C before its number is a return: it is counted and not placed', async () => {
    expect(await outcomeOf(row({ InvoiceNo: 'C536379', Quantity: '-1' }))).toMatchObject({ kind: 'return' });
  });

  test.each([
    ['no customer', [row({ CustomerID: '' })], 'NO_CUSTOMER'],
    [
      'no customer and units taken away',
      [row({ CustomerID: '', Quantity: '-9', UnitPrice: '0' })],
      'QUANTITY_BELOW_ONE',
    ],
    ['no customer and no price', [row({ CustomerID: '', UnitPrice: '0.0', Description: '' })], 'PRICE_ZERO'],
    ['bank charges only', [row({ StockCode: 'BANK CHARGES' })], 'NOT_GOODS'],
    ['rows that are left out for several reasons', [row({ StockCode: 'M' }), row({ StockCode: 'POST' })], 'NO_GOODS'],
    ['a bad debt', [row({ InvoiceNo: 'A563185', StockCode: 'B', Quantity: '1' })], 'ADJUSTMENT'],
    ['two customers', [row(), row({ CustomerID: '17851.0' })], 'SEVERAL_CUSTOMERS'],
    ['no single country', [row({ Country: 'European Community' })], 'COUNTRY_UNKNOWN'],
    ['a country that is none', [row({ Country: 'constructor' })], 'COUNTRY_UNKNOWN'],
    ['an unnamed country', [row({ Country: 'Unspecified' })], 'COUNTRY_UNKNOWN'],
    ['501 lines', Array.from({ length: 501 }, () => row()), 'TOO_MANY_LINES'],
  ])('with %s is refused', async (_, rows, reason) => {
    expect(await refusalOf(...(rows as unknown as Rows))).toBe(reason);
  });

  test('with 500 lines is an order', async () => {
    const { order } = await orderOf(...(Array.from({ length: 500 }, () => row()) as unknown as Rows));
    expect(order.body.lines).toHaveLength(500);
  });

  test.each(['POST', 'DOT', 'C2', 'M', 'm', 'D', 'S', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'gift_0001_20'])(
    'is placed without its row of the code %s',
    async (code) => {
      const { order, refusedRows } = await orderOf(row(), row({ StockCode: code, UnitPrice: '18', Quantity: '3' }));
      expect(order.body.lines).toHaveLength(1);
      expect(refusedRows).toMatchObject([{ amount: 54n * 10n ** 12n }]);
    },
  );

  test.each(['21777', '84569B', '15056BL', 'DCGS0076', 'PADS'])('is placed with its product %s', async (code) => {
    expect((await orderOf(row({ StockCode: code }))).order.body.lines).toMatchObject([{ sku: code }]);
  });

  test('of more units than a line may have is several lines of the same SKU', async () => {
    const { order } = await orderOf(row({ Quantity: '80995', UnitPrice: '2.08' }));
    expect(order.body.lines.map(({ quantity }) => quantity)).toEqual([...Array(8).fill(10_000), 995]);
    expect(order.goodsMinor).toBe(16_846_960);
  });

  test('of a price with a fraction of a penny is rounded by line and counted', async () => {
    expect((await orderOf(row({ UnitPrice: '0.001', Quantity: '5' }))).order).toMatchObject({
      goodsMinor: 1,
      roundedLines: 1,
      splitLines: 1,
    });
  });

  test.each([
    [{ UnitPrice: '2,55' }, 'line 2, column UnitPrice: is no number'],
    [{ Quantity: 'six' }, 'line 2, column Quantity: is no whole number: six'],
    [{ InvoiceNo: 'X1' }, 'line 2, column InvoiceNo: is no number of an invoice: X1'],
    [{ InvoiceDate: '2010-13-01' }, 'line 2, column InvoiceDate: is no date'],
  ])('with %j ends the reading', async (fields, message) => {
    await expect(outcomeOf(row(fields))).rejects.toThrow(message);
  });
});

describe('the rows of an invoice', () => {
  test('are adjacent, also across two files', async () => {
    const files = [writeCsv(row()), writeCsv(row({ StockCode: '22752' }))];
    expect(await salesIn('online-retail', files)).toMatchObject([{ rows: 2 }]);
  });

  test('that stand apart end the reading with the place of the second part', async () => {
    const file = writeCsv(row(), row({ InvoiceNo: '536366' }), row());
    await expect(salesIn('online-retail', [file])).rejects.toThrow(
      `${file}, line 4, column InvoiceNo: rows of 536365 stand apart`,
    );
  });

  test('are not read twice when a file is named twice', async () => {
    const file = writeCsv(row(), row({ InvoiceNo: '536366' }));
    await expect(salesIn('online-retail', [file, file])).rejects.toThrow(`${file}, line 2, column InvoiceNo`);
  });

  test('are not collected without bound', async () => {
    const many = Array.from({ length: 10_001 }, () => row()) as unknown as Rows;
    await expect(salesIn('online-retail', [writeCsv(...many)])).rejects.toThrow('more than 10000 rows have the number');
  });

  test('without any row there is nothing to replay', async () => {
    await expect(salesIn('online-retail', [writeCsv(row())].slice(1))).rejects.toThrow('no rows');
  });
});

describe('what the files have', () => {
  test('is counted: every sale and every penny is an order, a return or a refusal with a reason', async () => {
    const { file, products } = await planOf('online-retail', [
      writeCsv(
        row(),
        row({ Quantity: '4' }),
        row({ StockCode: 'POST', Quantity: '1', UnitPrice: '18' }),
        row({ InvoiceNo: '536366', CustomerID: '', UnitPrice: '5' }),
        row({ InvoiceNo: 'C536367', Quantity: '-2' }),
        row({ InvoiceNo: '536368', StockCode: '22752', UnitPrice: '3', InvoiceDate: '2010-11-30 10:00:00' }),
      ),
    ]);
    const pounds = (amount: number) => BigInt(Math.round(amount * 100)) * 10n ** 10n;
    expect(file.all).toMatchObject({
      sales: 4,
      rows: 6,
      amounts: new Map([['GBP', pounds(25.5 + 18 + 30 - 5.1 + 18)]]),
    });
    expect(file.orders).toMatchObject({ sales: 2, rows: 3, amounts: new Map([['GBP', pounds(43.5)]]) });
    expect(file.returns).toMatchObject({ sales: 1, rows: 1, amounts: new Map([['GBP', pounds(-5.1)]]) });
    expect(file.refusedSales.byCode.get('NO_CUSTOMER')?.group).toMatchObject({ sales: 1, rows: 1 });
    expect(file.refusedRows.byCode.get('POSTAGE')?.group).toMatchObject({ sales: 0, rows: 1 });
    expect(file).toMatchObject({
      repeatingSales: { read: 1, ordered: 1 },
      longSales: { read: 0, ordered: 0 },
      productsInOrders: 2,
      orderLines: 3,
      units: 16,
      firstSoldAt: '2010-11-30 10:00:00',
      lastSoldAt: '2010-12-01 08:26:00',
    });
    expect(file.goodsMinor.get('GBP')).toBe(4_350);
    expect(products.map(({ sku, units }) => [sku, units])).toEqual([
      ['85123A', 10],
      ['22752', 6],
    ]);
  });

  test('sales over fifty lines are counted apart, refused or not', async () => {
    const long = (fields: Record<string, string>) => Array.from({ length: 51 }, () => row(fields));
    const rows = [...long({ InvoiceNo: '1' }), ...long({ InvoiceNo: '2', CustomerID: '' })] as unknown as Rows;
    expect((await planOf('online-retail', [writeCsv(...rows)])).file.longSales).toEqual({ read: 2, ordered: 1 });
  });
});

describe('the address of a country', () => {
  test.each(Object.entries(addressesByCountry))('%s is one that the API takes', (_, place) => {
    const address = { name: 'Customer 1', line1: '1 Market Place', ...place };
    expect(shippingAddress.safeParse(address).error?.issues ?? []).toEqual([]);
  });

  test.each([
    ['EIRE', 'IE'],
    ['RSA', 'ZA'],
    ['Channel Islands', 'JE'],
    ['USA', 'US'],
  ])('%s is %s', (name, code) => {
    expect(addressesByCountry[name]?.country).toBe(code);
  });
});
