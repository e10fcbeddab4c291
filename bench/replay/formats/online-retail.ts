import type { Decimal } from '../file/decimal.ts';
import type { Row } from '../file/row.ts';
import type { MappedSale, Reason, RefusedRow, Rows, SaleFormat, SaleLine } from '../file/sale.ts';
import { addressesByCountry } from './online-retail-addresses.ts';
import { skuFrom } from './sku.ts';

/** Products have five digits, some with letters behind them for the color or size; these are the exceptions. */
const productCode = /^(\d{5}[A-Za-z]*|DCGS[A-Za-z0-9]+|PADS)$/;
const postageCodes = new Set(['POST', 'DOT', 'C2', 'C3']);
const saleNumber = /^\d+$/;
const returnNumber = /^C\d+$/;
const adjustmentNumber = /^A\d+$/;
const currency = 'GBP';

const reasons = {
  adjustment: { code: 'ADJUSTMENT', text: 'an entry of the accounts, such as a bad debt: its number begins with A' },
  noCustomer: { code: 'NO_CUSTOMER', text: 'no customer is named' },
  noGoods: {
    code: 'NO_GOODS',
    text: 'every row is left out for a reason below: a correction of the stock or the accounts',
  },
  severalCustomers: { code: 'SEVERAL_CUSTOMERS', text: 'its rows name different customers or countries' },
  unknownCountry: { code: 'COUNTRY_UNKNOWN', text: 'the country is no single country, such as European Community' },
  postage: { code: 'POSTAGE', text: 'postage and carriage: an order gets its own shipping charge' },
  notGoods: { code: 'NOT_GOODS', text: 'no product: a manual entry, a discount, a fee, a commission, a voucher' },
  takesAway: { code: 'QUANTITY_BELOW_ONE', text: 'takes units away outside of a return: a correction of the stock' },
  free: { code: 'PRICE_ZERO', text: 'has the price 0: a gift or a correction' },
  negativePrice: { code: 'PRICE_NEGATIVE', text: 'has a price below 0' },
} as const satisfies Record<string, Reason>;

/**
 * The data set "Online Retail" (UCI, 2012): a wholesale shop in the United Kingdom, a row for each line of an invoice, prices
 * in pounds. It has no addresses: every country has one. Codes of products become SKUs as they are.
 */
export const onlineRetail: SaleFormat = {
  name: 'online-retail',
  columns: ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'],
  numberColumn: 'InvoiceNo',
  // The file has no weights. Most of the products are small gifts.
  weightGrams: 100,
  skuOf: (row) => skuFrom(row.text('StockCode')),
  saleOf,
};

function saleOf(rows: Rows): MappedSale {
  const [first] = rows;
  const number = first.text('InvoiceNo');
  const soldAt = first.moment('InvoiceDate');
  const amount = rows.reduce((sum, row) => sum + amountOf(row), 0n);
  const refused = (reason: Reason): MappedSale => ({ kind: 'refused', reason, currency, amount });
  if (returnNumber.test(number)) return { kind: 'return', currency, amount };
  if (adjustmentNumber.test(number)) return refused(reasons.adjustment);
  if (!saleNumber.test(number)) first.fail('InvoiceNo', `is no number of an invoice: ${number}`);
  const goods = rows.filter((row) => refusalOf(row) === undefined);
  if (goods.length === 0) return refused(commonRefusalOf(rows));
  const customer = customerOf(first);
  const country = first.text('Country');
  if (rows.some((row) => customerOf(row) !== customer || row.text('Country') !== country))
    return refused(reasons.severalCustomers);
  if (customer === undefined) return refused(reasons.noCustomer);
  const place = Object.hasOwn(addressesByCountry, country) ? addressesByCountry[country] : undefined;
  if (place === undefined) return refused(reasons.unknownCountry);
  const address = { name: `Customer ${customer}`, line1: '1 Market Place', ...place };
  const lines = goods.map(lineOf);
  return {
    kind: 'sale',
    sale: { customerId: customer, soldAt, currency, address, lines },
    refusedRows: rows.flatMap(refusedRow),
  };
}

/** The reason that leaves out every row, or that there are several. */
function commonRefusalOf(rows: Rows): Reason {
  const first = refusalOf(rows[0]);
  return first !== undefined && rows.every((row) => refusalOf(row) === first) ? first : reasons.noGoods;
}

function refusedRow(row: Row): RefusedRow[] {
  const reason = refusalOf(row);
  return reason === undefined ? [] : [{ reason, amount: amountOf(row) }];
}

function refusalOf(row: Row): Reason | undefined {
  const code = row.text('StockCode');
  if (postageCodes.has(code)) return reasons.postage;
  if (!productCode.test(code)) return reasons.notGoods;
  if (row.whole('Quantity') < 1) return reasons.takesAway;
  const price = row.decimal('UnitPrice');
  if (price < 0n) return reasons.negativePrice;
  return price === 0n ? reasons.free : undefined;
}

function lineOf(row: Row): SaleLine {
  const sku = skuFrom(row.text('StockCode'));
  const title = row.optional('Description') ?? sku;
  return { sku, title, quantity: row.whole('Quantity'), unitPrice: row.decimal('UnitPrice'), discount: 0n };
}

function amountOf(row: Row): Decimal {
  return row.decimal('UnitPrice') * BigInt(row.whole('Quantity'));
}

/** Some copies of the data have the number as a fraction: 17850.0. */
function customerOf(row: Row): string | undefined {
  return row.optional('CustomerID')?.replace(/\.0+$/, '');
}
