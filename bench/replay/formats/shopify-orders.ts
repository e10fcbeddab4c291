import { countryCodes, currencyDigits } from '../../../api/iso-codes.ts';
import { shippingAddress } from '../../../api/recipient.ts';
import { currency as isoCurrency } from '../../../api/vocabulary.ts';
import { apportion } from '../../../functions/shared/kernel/money.ts';
import { type Decimal, fromMinor, toMinor } from '../file/decimal.ts';
import type { Row } from '../file/row.ts';
import type { MappedSale, Reason, RefusedRow, Rows, SaleAddress, SaleFormat, SaleLine } from '../file/sale.ts';
import { hashOf, skuFrom } from './sku.ts';

/** Of these the customer paid or promised to pay. A later refund does not undo the sale. */
const soldStatuses = new Set(['paid', 'partially_paid', 'authorized', 'partially_refunded', 'refunded']);

const reasons = {
  cancelled: { code: 'CANCELLED', text: 'the shop cancelled it' },
  notPaid: { code: 'NOT_PAID', text: 'it was not paid: pending, unpaid, expired or voided' },
  noCustomer: { code: 'NO_CUSTOMER', text: 'no e-mail address is named' },
  noAddress: { code: 'NO_ADDRESS', text: 'its shipping address is incomplete: a pickup, or goods without a shipment' },
  noGoods: { code: 'NO_GOODS', text: 'every row is left out for a reason below' },
  disagrees: { code: 'AMOUNTS_DISAGREE', text: 'its rows less its discount are not its subtotal: it was edited' },
  removed: { code: 'QUANTITY_ZERO', text: 'an edit of the order removed it' },
} as const satisfies Record<string, Reason>;

/**
 * The export of orders from Shopify in CSV. A row is a line; the fields of the order are in its first row and empty in the
 * others. `Subtotal` is the goods after all discounts, and the only amount here that includes each of them: what the rows are
 * worth above it is the discount. `Lineitem discount` belongs to its row; the rest is shared by what the rows are worth.
 */
export const shopifyOrders: SaleFormat = {
  name: 'shopify-orders',
  columns: [
    'Name',
    'Email',
    'Financial Status',
    'Currency',
    'Subtotal',
    'Discount Amount',
    'Created at',
    'Lineitem quantity',
    'Lineitem name',
    'Lineitem price',
    'Lineitem sku',
    'Shipping Name',
    'Shipping City',
    'Shipping Zip',
    'Shipping Province',
    'Shipping Country',
  ],
  numberColumn: 'Name',
  // The file has no weights.
  weightGrams: 500,
  skuOf,
  saleOf,
};

function saleOf(rows: Rows): MappedSale {
  const [first] = rows;
  const currency = first.text('Currency');
  if (!isoCurrency.safeParse(currency).success) first.fail('Currency', `is no currency of ISO 4217: ${currency}`);
  const subtotal = first.decimal('Subtotal');
  const refused = (reason: Reason): MappedSale => ({ kind: 'refused', reason, currency, amount: subtotal });
  const goods = rows.filter((row) => quantityOf(row) > 0);
  const lines = discounted(goods, currency, subtotal, first.decimal('Discount Amount'));
  const email = first.optional('Email')?.toLowerCase();
  const address = addressOf(first);
  if (first.optional('Cancelled at') !== undefined || first.optional('Canceled at') !== undefined)
    return refused(reasons.cancelled);
  if (!soldStatuses.has(first.text('Financial Status').toLowerCase())) return refused(reasons.notPaid);
  if (goods.length === 0) return refused(reasons.noGoods);
  if (lines === undefined) return refused(reasons.disagrees);
  if (email === undefined) return refused(reasons.noCustomer);
  if (address === undefined) return refused(reasons.noAddress);
  return {
    kind: 'sale',
    // The address itself is personal and does not become an id.
    sale: { customerId: `customer-${hashOf(email)}`, soldAt: first.moment('Created at'), currency, address, lines },
    refusedRows: rows
      .filter((row) => quantityOf(row) === 0)
      .map((): RefusedRow => ({ reason: reasons.removed, amount: 0n })),
  };
}

/** The lines with their discounts; undefined when rows, discount and subtotal do not agree. */
function discounted(
  goods: readonly Row[],
  currency: string,
  subtotal: Decimal,
  discountAmount: Decimal,
): SaleLine[] | undefined {
  const lines = goods.map(lineOf);
  const worth = lines.map(({ unitPrice, quantity }) => unitPrice * BigInt(quantity));
  const discount = sumOf(worth) - subtotal;
  const own = goods.map(ownDiscountOf);
  const ownCounts = sumOf(own) <= discount;
  const rest = ownCounts ? discount - sumOf(own) : discount;
  if (discount < 0n || rest > discountAmount) return undefined;
  const left = worth.map((amount, index) => (ownCounts ? amount - (own[index] ?? 0n) : amount));
  const shares = shared(rest, left, currencyDigits(currency));
  return lines.map((line, index) => ({
    ...line,
    discount: (worth[index] ?? 0n) - (left[index] ?? 0n) + (shares[index] ?? 0n),
  }));
}

/** Splits an amount by weights in whole minor units; the first share also has what is less than one. */
function shared(amount: Decimal, weights: readonly Decimal[], digits: number): Decimal[] {
  const minor = (value: Decimal) => toMinor(value, digits).minor;
  const fraction = amount - fromMinor(minor(amount), digits);
  const shares = apportion(minor(amount), weights.map(minor)).map((share) => fromMinor(share, digits));
  return shares.map((share, index) => (index === 0 ? share + fraction : share));
}

/** What the row names as its discount, at most what it is worth. */
function ownDiscountOf(row: Row): Decimal {
  if (row.optional('Lineitem discount') === undefined) return 0n;
  const discount = row.decimal('Lineitem discount');
  if (discount < 0n) row.fail('Lineitem discount', 'is negative');
  const worth = row.decimal('Lineitem price') * BigInt(quantityOf(row));
  return discount < worth ? discount : worth;
}

function lineOf(row: Row): SaleLine {
  const unitPrice = row.decimal('Lineitem price');
  if (unitPrice < 0n) row.fail('Lineitem price', 'is negative');
  return { sku: skuOf(row), title: row.text('Lineitem name'), quantity: quantityOf(row), unitPrice, discount: 0n };
}

/** Products may be without a SKU; the name stands for it then. */
function skuOf(row: Row): string {
  return skuFrom(row.optional('Lineitem sku') ?? row.text('Lineitem name'));
}

function quantityOf(row: Row): number {
  const quantity = row.whole('Lineitem quantity');
  return quantity < 0 ? row.fail('Lineitem quantity', `is negative: ${quantity}`) : quantity;
}

function addressOf(row: Row): SaleAddress | undefined {
  const country = row.optional('Shipping Country') ?? '';
  if (country !== '' && !countryCodes.includes(country))
    row.fail('Shipping Country', `is no code of ISO 3166-1: ${country}`);
  const parsed = shippingAddress.safeParse({
    name: row.optional('Shipping Name'),
    line1: row.optional('Shipping Address1') ?? row.optional('Shipping Street'),
    line2: row.optional('Shipping Address2'),
    city: row.optional('Shipping City'),
    // The export puts an apostrophe before codes, so that spreadsheets keep their leading zeros.
    postalCode: row.optional('Shipping Zip')?.replace(/^'/, ''),
    region: row.optional('Shipping Province'),
    country,
  });
  return parsed.success ? parsed.data : undefined;
}

function sumOf(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((sum, each) => sum + each, 0n);
}
