import { currencyDigits } from '../../api/iso-codes.ts';
import type { PlaceOrderBody } from '../../api/orders.ts';
import { maxLines, maxQuantity, text } from '../../api/vocabulary.ts';
import { quantumOf } from '../../functions/shared/kernel/money.ts';
import { toMinor } from './file/decimal.ts';
import type { Reason, Sale, SaleLine } from './file/sale.ts';
import { skuFrom } from './formats/sku.ts';
import { pricePoints } from './price-points.ts';

/*
 * What the replay knows of placing orders for customers: `POST /orders` with a token of staff.
 */

/** Characters of a sale's number in a text for people. */
const maxShownNumber = 100;
/** Characters of a title. */
const maxTitleLength = 200;

/** A line with the unit price that staff name for it. The same SKU may stand on several lines. */
export interface NamedPriceLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

/** The body of an order that staff place for a customer, at prices that staff name, for a reason. */
export interface CustomerOrderBody extends Omit<PlaceOrderBody, 'lines' | 'customerId' | 'priceReason'> {
  readonly customerId: string;
  readonly priceReason: string;
  readonly lines: NamedPriceLine[];
}

/** An order to be placed. */
export interface PlannedOrder {
  /** The number of the sale in the file. */
  readonly number: string;
  readonly idempotencyKey: string;
  readonly body: CustomerOrderBody;
  /** The goods after discounts, as in the file, rounded by line. */
  readonly goodsMinor: number;
  /** Lines of the sale whose amount has a fraction of the smallest unit. */
  readonly roundedLines: number;
  /** Lines of the sale whose amount is no multiple of their quantity: two lines of the order, a cent apart. */
  readonly splitLines: number;
}

export const tooManyLines: Reason = {
  code: 'TOO_MANY_LINES',
  text: `an order has at most ${maxLines} lines`,
};

/** The order for a sale. It depends on the sale alone, so a repetition of the replay places nothing twice. */
export function orderOf(format: string, number: string, sale: Sale): PlannedOrder | Reason {
  const lines = sale.lines.map((line) => pricedLine(line, sale.currency));
  const bodyLines = lines.flatMap(({ points }) => points);
  if (bodyLines.length > maxLines) return tooManyLines;
  const customerId = skuFrom(sale.customerId);
  return {
    number,
    idempotencyKey: `${format}:${skuFrom(number)}`,
    body: {
      customerId,
      priceReason: `price of sale ${shortText(number, maxShownNumber)} (${format})`,
      currency: sale.currency,
      lines: bodyLines,
      shippingAddress: sale.address,
      // No message reaches a customer of the file.
      contact: { email: `${customerId.toLowerCase().replaceAll('@', '.')}@example.com` },
      paymentMethodId: 'pm_card_visa',
    },
    goodsMinor: lines.reduce((sum, { minor }) => sum + minor, 0),
    roundedLines: lines.filter(({ exact }) => !exact).length,
    splitLines: lines.filter(({ isSplit }) => isSplit).length,
  };
}

/** The list price of a line's product in minor units, rounded half up. */
export function listPriceMinor(line: SaleLine, currency: string): number {
  return toMinor(line.unitPrice, currencyDigits(currency), quantumOf(currency)).minor;
}

/** A title that the catalog takes, or the SKU. */
export function titleOf({ title, sku: code }: SaleLine): string {
  const shown = shortText(title, maxTitleLength);
  return text.safeParse(shown).success ? shown : code;
}

/** Text of at most so many characters, in which control characters are spaces. */
function shortText(long: string, length: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const cleaned = long.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, length);
  return cleaned.replace(/[\ud800-\udbff]$/, '').trim();
}

export function isRefused(order: PlannedOrder | Reason): order is Reason {
  return 'code' in order;
}

/**
 * The lines of the order for a line of a sale. Its amount after the discount, rounded half up to minor units, is charged
 * exactly: when it is no multiple of the quantity, two lines of the order with prices a minor unit apart add up to it. More
 * units than a line of an order may have are on several.
 */
function pricedLine(line: SaleLine, currency: string) {
  const quantum = quantumOf(currency);
  const amount = line.unitPrice * BigInt(line.quantity) - line.discount;
  const { minor, exact } = toMinor(amount, currencyDigits(currency), quantum);
  const prices = pricePoints(minor, line.quantity, quantum);
  const points = prices.flatMap(({ unitPriceMinor, quantity }) =>
    inLines(quantity).map((units): NamedPriceLine => ({ sku: line.sku, quantity: units, unitPriceMinor })),
  );
  return { minor, exact, isSplit: prices.length > 1, points };
}

function inLines(units: number): number[] {
  const full = Math.floor(units / maxQuantity);
  const rest = units % maxQuantity;
  return [...Array.from({ length: full }, () => maxQuantity), ...(rest > 0 ? [rest] : [])];
}
