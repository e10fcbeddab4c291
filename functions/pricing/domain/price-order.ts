import type { CountryTaxes, Market, ShippingOption } from '../../../api/settings.ts';
import { maxTotalMinor } from '../../../api/vocabulary.ts';
import { quantumOf, toQuantum } from '../../shared/kernel/money.ts';
import { type FieldError, isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import { type AppliedDiscount, amountOff, type Discount, discountLines, isLimited, obstacleTo } from './discount.ts';
import { type FrozenTax, freezeTax } from './frozen-tax.ts';
import { marketOf, shippingCharge } from './market.ts';
import { type TaxCategory, taxRatesOn } from './tax-rates.ts';

/** The fields of a product that pricing reads. Prices are in minor units, net or with tax as the market says. */
export interface PricedProduct {
  readonly title: string;
  readonly prices: readonly { readonly currency: string; readonly amountMinor: number }[];
  readonly weightGrams: number;
  readonly taxCategory: TaxCategory;
  /** True: the product needs no shipping. */
  readonly digital?: boolean;
  readonly active: boolean;
}

/** What prices follow from beside the products. */
export interface PriceBook {
  readonly markets: readonly Market[];
  readonly taxes: readonly CountryTaxes[];
}

export interface PricingRequest {
  readonly currency: string;
  readonly country: string;
  /** The field of the request that has the country. */
  readonly countryField?: string | undefined;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    /** The price of a unit that staff has named, instead of the catalog's. */
    readonly unitPriceMinor?: number | undefined;
  }[];
  readonly shippingOption?: string | undefined;
  /** The discounts of the codes that the customer gave, in their order, and those that apply by themselves. */
  readonly discounts?: readonly Discount[] | undefined;
  /** The total that the customer was shown; another total is refused. */
  readonly expectedTotalMinor?: number | undefined;
  /** The moment of the order. */
  readonly now: string;
}

/** A line with its price. Amounts are in minor units of the order's currency and are never computed again. */
export interface PricedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  /** Price by quantity, before discounts; with tax if the order's prices have it. */
  readonly totalMinor: number;
  readonly weightGrams: number;
  readonly taxMinor: number;
  readonly taxBasisPoints: number;
  /** What discounts take off `totalMinor`; absent without one. */
  readonly discountMinor?: number;
  /** Present when the units need no stock and no shipping. They weigh nothing. */
  readonly digital?: true;
}

/** The lines and totals of an order, in minor units of its currency. */
export interface PricedOrder {
  readonly lines: PricedLine[];
  readonly totals: {
    /** Of the lines, before discounts. */
    readonly subtotalMinor: number;
    /** What discounts take off the lines; absent without one. */
    readonly discountMinor?: number;
    /** After discounts on shipping. */
    readonly shippingMinor: number;
    /** Of lines and shipping: added to net prices, and contained in prices with tax. */
    readonly taxMinor: number;
    readonly shippingTaxMinor: number;
    readonly totalMinor: number;
  };
  /** Present when prices, discounts and shipping have the tax in them. */
  readonly taxIncluded?: true;
  readonly discounts?: readonly AppliedDiscount[];
  /** The way of shipping that the totals are with; absent when every line is digital. */
  readonly shippingOption?: string;
  /** Present when the market has no other way of shipping. */
  readonly onlyShippingOption?: true;
}

export type PricingRefusal = Refusal<
  | 'UNKNOWN_SKU'
  | 'CURRENCY_NOT_SOLD'
  | 'COUNTRY_NOT_SERVED'
  | 'SHIPPING_NOT_AVAILABLE'
  | 'DISCOUNT_NOT_APPLICABLE'
  | 'AMOUNT_TOO_LARGE'
  | 'PRICE_CHANGED'
>;

type Draft = Omit<PricedLine, 'taxMinor' | 'taxBasisPoints' | 'discountMinor'> & { readonly category: TaxCategory };

/** An order whose lines have prices, before discounts, shipping and tax. */
interface ListedOrder {
  readonly request: PricingRequest;
  readonly market: Market;
  readonly rates: Readonly<Record<TaxCategory, number>>;
  readonly lines: readonly Draft[];
}

/**
 * Prices the lines of an order, takes discounts off, and adds shipping and tax. Every amount is a multiple of the currency's
 * quantum. A refusal lists every line or code at fault.
 */
export function priceOrder(
  request: PricingRequest,
  products: ReadonlyMap<string, PricedProduct>,
  book: PriceBook,
): PricedOrder | PricingRefusal {
  const listed = listOrder(request, products, book);
  if (isRefusal(listed)) return listed;
  const refused = refusedDiscounts(listed);
  if (refused !== undefined) return refused;
  const { market } = listed;
  if (!needsShipping(listed)) return checked(request, priceWith(listed, undefined));
  const { weightGrams, valueMinor } = afterDiscounts(listed);
  const option = chosenOption(market, request.shippingOption, valueMinor, weightGrams);
  return isRefusal(option) ? option : checked(request, priceWith(listed, option));
}

/** The same order with each way of shipping that can take it, in the order of the market; none when it needs no shipping. */
export function priceOptions(
  request: PricingRequest,
  products: ReadonlyMap<string, PricedProduct>,
  book: PriceBook,
): readonly { readonly option: ShippingOption; readonly priced: PricedOrder }[] {
  const listed = listOrder(request, products, book);
  if (isRefusal(listed) || refusedDiscounts(listed) !== undefined || !needsShipping(listed)) return [];
  const { weightGrams, valueMinor } = afterDiscounts(listed);
  return listed.market.shipping
    .filter((option) => shippingCharge(option, valueMinor, weightGrams) !== undefined)
    .map((option) => ({ option, priced: priceWith(listed, option) }));
}

const needsShipping = ({ lines }: ListedOrder) => lines.some(({ digital }) => digital !== true);

function listOrder(
  request: PricingRequest,
  products: ReadonlyMap<string, PricedProduct>,
  { markets, taxes }: PriceBook,
): ListedOrder | PricingRefusal {
  const { currency, country } = request;
  const quantum = quantumOf(currency);
  const lines: Draft[] = [];
  const unknown: FieldError[] = [];
  const notSold: FieldError[] = [];
  for (const [index, { sku, quantity, unitPriceMinor: named }] of request.lines.entries()) {
    const product = products.get(sku);
    if (product === undefined || !product.active) {
      unknown.push({ path: `lines.${index}.sku`, message: `${sku} is not for sale` });
      continue;
    }
    const price = named ?? product.prices.find((each) => each.currency === currency)?.amountMinor;
    if (price === undefined) {
      notSold.push({ path: `lines.${index}.sku`, message: `${sku} has no price in ${currency}` });
      continue;
    }
    const { title, taxCategory: category, digital } = product;
    const shape = digital ? { weightGrams: 0, digital } : { weightGrams: product.weightGrams };
    const unitPriceMinor = toQuantum(price, quantum);
    const amounts = { unitPriceMinor, totalMinor: unitPriceMinor * quantity };
    lines.push({ lineId: `${index + 1}`, sku, title, quantity, ...amounts, ...shape, category });
  }
  if (unknown.length > 0) return refuse('UNKNOWN_SKU', 'The order names products that are not for sale.', unknown);
  const isSold = markets.some((each) => each.currency === currency);
  if (!isSold) notSold.push({ path: 'currency', message: `nothing is sold in ${currency}` });
  if (notSold.length > 0) {
    const what = isSold ? 'Not everything in the order is' : 'Nothing is';
    return refuse('CURRENCY_NOT_SOLD', `${what} sold in ${currency}.`, notSold);
  }
  const market = marketOf(markets, currency, country);
  const rates = taxRatesOn(taxes, country, request.now.slice(0, 10));
  if (market === undefined || rates === undefined) return notServed(request, market === undefined);
  return { request, market, rates, lines };
}

function notServed(
  { currency, country, countryField = 'shippingAddress.country' }: PricingRequest,
  onlyIn: boolean,
): PricingRefusal {
  const message = onlyIn ? `${country} is not served in ${currency}` : `${country} is not served`;
  return refuse('COUNTRY_NOT_SERVED', `The shop does not send to ${country}${onlyIn ? ` in ${currency}` : ''}.`, [
    { path: countryField, message },
  ]);
}

const contextOf = ({ request: { currency, now } }: ListedOrder) => ({ currency, now, quantum: quantumOf(currency) });

/** The discounts that apply. One that applies by itself is left out where an order does not meet its conditions. */
function discountsOf(listed: ListedOrder): readonly Discount[] {
  return (listed.request.discounts ?? []).filter(
    (each) => obstacleTo(each, listed.lines, contextOf(listed)) === undefined,
  );
}

function refusedDiscounts(listed: ListedOrder): PricingRefusal | undefined {
  const named = (listed.request.discounts ?? []).filter(({ automatic }) => !automatic);
  const errors = named.flatMap((discount, index): FieldError[] => {
    const message = obstacleTo(discount, listed.lines, contextOf(listed));
    return message === undefined ? [] : [{ path: `discountCodes.${index}`, message }];
  });
  return errors.length === 0
    ? undefined
    : refuse('DISCOUNT_NOT_APPLICABLE', 'The order does not meet the conditions of a discount.', errors);
}

function afterDiscounts(listed: ListedOrder) {
  const goods = discountsOf(listed).filter(({ on }) => on !== 'shipping');
  const { byLine, applied } = discountLines(listed.lines, goods, contextOf(listed));
  const subtotalMinor = listed.lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
  const discountMinor = byLine.reduce((sum, each) => sum + each, 0);
  const weightGrams = listed.lines.reduce((sum, line) => sum + line.weightGrams * line.quantity, 0);
  return { byLine, applied, subtotalMinor, discountMinor, valueMinor: subtotalMinor - discountMinor, weightGrams };
}

function chosenOption(
  { shipping }: Market,
  wanted: string | undefined,
  valueMinor: number,
  weightGrams: number,
): ShippingOption | PricingRefusal {
  const possible = shipping.filter((option) => shippingCharge(option, valueMinor, weightGrams) !== undefined);
  const chosen = wanted === undefined ? possible[0] : possible.find(({ optionId }) => optionId === wanted);
  if (chosen !== undefined) return chosen;
  if (wanted === undefined) {
    return refuse('SHIPPING_NOT_AVAILABLE', 'The order is too heavy for any way of shipping.', [
      { path: 'lines', message: `${weightGrams} g are too heavy` },
    ]);
  }
  const message = shipping.some(({ optionId }) => optionId === wanted)
    ? `the order is too heavy for ${wanted}`
    : `there is no way of shipping ${wanted}`;
  return refuse('SHIPPING_NOT_AVAILABLE', 'The order cannot be sent that way.', [{ path: 'shippingOption', message }]);
}

/** @param option undefined when the order needs no shipping. */
function priceWith(listed: ListedOrder, option: ShippingOption | undefined): PricedOrder {
  const { request, market, lines, rates } = listed;
  const { currency } = request;
  const quantum = quantumOf(currency);
  const { byLine, applied, subtotalMinor, discountMinor, valueMinor, weightGrams } = afterDiscounts(listed);
  const charge = option === undefined ? 0 : (shippingCharge(option, valueMinor, weightGrams) ?? 0);
  let shippingMinor = toQuantum(charge, quantum);
  const discounts = [...applied];
  for (const discount of discountsOf(listed).filter(({ on }) => on === 'shipping')) {
    const amountMinor = amountOff(discount, shippingMinor, currency, quantum);
    shippingMinor -= amountMinor;
    discounts.push({ code: discount.code, on: 'shipping', amountMinor, ...(isLimited(discount) && { limited: true }) });
  }
  // A discount that takes nothing off leaves the order no use of it.
  const applicable = discounts.filter(({ amountMinor }) => amountMinor > 0);
  const goods = lines.map(({ totalMinor, category }, index) => {
    return { amountMinor: totalMinor - (byLine[index] ?? 0), category };
  });
  const taxIncluded = market.prices === 'tax_included';
  const tax = freezeTax(goods, shippingMinor, rates, { taxIncluded, quantum });
  return {
    lines: lines.map((line, index) => pricedLine(line, byLine[index] ?? 0, tax, index, rates)),
    totals: {
      subtotalMinor,
      ...(discountMinor > 0 && { discountMinor }),
      shippingMinor,
      taxMinor: tax.totalMinor,
      shippingTaxMinor: tax.shippingMinor,
      totalMinor: valueMinor + shippingMinor + (taxIncluded ? 0 : tax.totalMinor),
    },
    ...(taxIncluded && { taxIncluded }),
    ...(applicable.length > 0 && { discounts: applicable }),
    ...(option && { shippingOption: option.optionId }),
    ...(market.shipping.length === 1 && { onlyShippingOption: true }),
  };
}

function pricedLine(
  { category, ...line }: Draft,
  discountMinor: number,
  tax: FrozenTax,
  index: number,
  rates: Readonly<Record<TaxCategory, number>>,
): PricedLine {
  return {
    ...line,
    taxMinor: tax.byLine[index] ?? 0,
    taxBasisPoints: rates[category],
    ...(discountMinor > 0 && { discountMinor }),
  };
}

function checked(request: PricingRequest, priced: PricedOrder): PricedOrder | PricingRefusal {
  const { subtotalMinor, totalMinor } = priced.totals;
  if (Math.max(subtotalMinor, totalMinor) > maxTotalMinor) {
    return refuse('AMOUNT_TOO_LARGE', `The order may amount to at most ${maxTotalMinor} minor units.`, [
      { path: 'lines', message: `they amount to ${Math.max(subtotalMinor, totalMinor)}` },
    ]);
  }
  if (request.expectedTotalMinor === undefined || request.expectedTotalMinor === totalMinor) return priced;
  return refuse('PRICE_CHANGED', `The order amounts to ${totalMinor}, not ${request.expectedTotalMinor}.`, [
    { path: 'expectedTotalMinor', message: `the total is ${totalMinor}` },
  ]);
}
