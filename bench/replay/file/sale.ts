import type { Decimal } from './decimal.ts';
import type { Row } from './row.ts';

/** A line of a sale. Amounts are exact, in major units of the sale's currency. */
export interface SaleLine {
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  /** Price of one unit before the discount. */
  readonly unitPrice: Decimal;
  /** Off the whole line; 0 without a discount. */
  readonly discount: Decimal;
}

export interface SaleAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  readonly postalCode?: string | undefined;
  readonly region?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

export interface Sale {
  readonly customerId: string;
  /** Time of the shop, such as `2010-12-01 08:26:00`. */
  readonly soldAt: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly address: SaleAddress;
  readonly lines: readonly SaleLine[];
}

/** Why a row or a sale does not become an order: a code, and a sentence for the report. */
export interface Reason {
  readonly code: string;
  readonly text: string;
}

/** A row of a sale that is left out. */
export interface RefusedRow {
  readonly reason: Reason;
  readonly amount: Decimal;
}

/** What a mapper makes of the rows of one sale. In a return, goods come back; it is counted and not placed. */
export type MappedSale =
  | { readonly kind: 'sale'; readonly sale: Sale; readonly refusedRows: readonly RefusedRow[] }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly currency: string; readonly amount: Decimal }
  | { readonly kind: 'return'; readonly currency: string; readonly amount: Decimal };

export type Rows = readonly [Row, ...Row[]];

/** A format of order files: what its columns mean. The mapper does not use the API and places nothing. */
export interface SaleFormat {
  /** The value of `--format`. Keys of requests and receipts begin with it. */
  readonly name: string;
  /** Columns without which a file is not of this format. */
  readonly columns: readonly string[];
  /** The column with the number of the sale: adjacent rows with the same number are one sale. */
  readonly numberColumn: string;
  /** Weight of a unit of every product. */
  readonly weightGrams: number;
  /** The SKU of a row, also of a row that is refused. */
  skuOf(row: Row): string;
  /**
   * @param rows all rows of one sale, in the order of the file
   * @throws FileError for a value that the format does not allow
   */
  saleOf(rows: Rows): MappedSale;
}
