import { maxTotalMinor } from '../../../api/vocabulary.ts';
import { type FieldError, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { OrderLine, Totals } from './order.ts';
import type { ShippingTariff } from './shipping-charge.ts';
import { type TaxCategory, type TaxRates, taxOn } from './tax.ts';

/** The fields of a product that pricing reads. Prices are net of tax, in minor units. */
export interface PricedProduct {
  readonly title: string;
  readonly prices: readonly { readonly currency: string; readonly amountMinor: number }[];
  readonly weightGrams: number;
  readonly taxCategory: TaxCategory;
  readonly active: boolean;
}

export interface PricingRequest {
  readonly currency: string;
  readonly country: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly expectedTotalMinor?: number | undefined;
}

/** The lines and totals of an order, in minor units of its currency. */
export interface PricedOrder {
  readonly lines: OrderLine[];
  readonly totals: Totals;
}

type PricingRefusal = Refusal<'UNKNOWN_SKU' | 'CURRENCY_NOT_SOLD' | 'AMOUNT_TOO_LARGE' | 'PRICE_CHANGED'>;

/**
 * Prices the lines of an order and adds shipping and tax. Catalog prices are net of tax. A refusal lists every line at fault.
 *
 * @param request `expectedTotalMinor` is the total that the customer was shown; another total is refused.
 */
export function priceOrder(
  request: PricingRequest,
  products: ReadonlyMap<string, PricedProduct>,
  tariff: ShippingTariff,
  taxRates: TaxRates,
): PricedOrder | PricingRefusal {
  const lines: OrderLine[] = [];
  const goods: { category: TaxCategory; amountMinor: number }[] = [];
  const unknown: FieldError[] = [];
  const notSold: FieldError[] = [];
  for (const [index, { sku, quantity }] of request.lines.entries()) {
    const product = products.get(sku);
    if (product === undefined || !product.active) {
      unknown.push({ path: `lines.${index}.sku`, message: `${sku} is not for sale` });
      continue;
    }
    const price = product.prices.find((each) => each.currency === request.currency);
    if (price === undefined) {
      notSold.push({ path: `lines.${index}.sku`, message: `${sku} has no price in ${request.currency}` });
      continue;
    }
    const totalMinor = price.amountMinor * quantity;
    const { title, weightGrams } = product;
    lines.push({
      lineId: `${index + 1}`,
      sku,
      title,
      quantity,
      unitPriceMinor: price.amountMinor,
      totalMinor,
      weightGrams,
    });
    goods.push({ category: product.taxCategory, amountMinor: totalMinor });
  }
  if (unknown.length > 0) return refuse('UNKNOWN_SKU', 'The order names products that are not for sale.', unknown);
  const shippingMinor = tariff.chargeMinor(request.currency, weightOf(lines));
  if (shippingMinor === undefined)
    notSold.push({ path: 'currency', message: `nothing is sold in ${request.currency}` });
  if (notSold.length > 0 || shippingMinor === undefined) {
    const what = shippingMinor === undefined ? 'Nothing is' : 'Not everything in the order is';
    return refuse('CURRENCY_NOT_SOLD', `${what} sold in ${request.currency}.`, notSold);
  }
  return withTotals(request, lines, goods, shippingMinor, taxRates);
}

function withTotals(
  request: PricingRequest,
  lines: OrderLine[],
  goods: readonly { category: TaxCategory; amountMinor: number }[],
  shippingMinor: number,
  taxRates: TaxRates,
): PricedOrder | PricingRefusal {
  const tooLarge = refuse('AMOUNT_TOO_LARGE', `The order may amount to at most ${maxTotalMinor} minor units.`);
  const subtotalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
  if (subtotalMinor + shippingMinor > maxTotalMinor) return tooLarge;
  const taxMinor = taxOn(request.country, goods, shippingMinor, taxRates);
  const totalMinor = subtotalMinor + shippingMinor + taxMinor;
  if (totalMinor > maxTotalMinor) return tooLarge;
  if (request.expectedTotalMinor !== undefined && request.expectedTotalMinor !== totalMinor) {
    return refuse('PRICE_CHANGED', `The order amounts to ${totalMinor}, not ${request.expectedTotalMinor}.`, [
      { path: 'expectedTotalMinor', message: `the total is ${totalMinor}` },
    ]);
  }
  return { lines, totals: { subtotalMinor, shippingMinor, taxMinor, totalMinor } };
}

function weightOf(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.weightGrams * line.quantity, 0);
}
