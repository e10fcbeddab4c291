import { apportion, shareOf } from '../../shared/kernel/money.ts';

/** An amount for each currency in which it is known. */
type Amounts = readonly { readonly currency: string; readonly amountMinor: number }[];

/** A discount, with a code that customers give or applied by itself. Amounts are net or with tax as the prices of the market. */
export interface Discount {
  readonly code: string;
  readonly title: string;
  /** True: applied to every order that meets the conditions. */
  readonly automatic: boolean;
  readonly active: boolean;
  /** What is made cheaper: some lines, all goods together, or shipping. */
  readonly on: 'lines' | 'order' | 'shipping';
  /** A share in hundredths of a percent, or an amount. */
  readonly value: { readonly basisPoints: number } | { readonly amounts: Amounts };
  /** The SKUs that a discount on lines is for, or of which the order needs one; without it, all. */
  readonly skus?: readonly string[] | undefined;
  /** The least value of the goods before discounts; without an entry for its currency an order does not meet it. */
  readonly minimum?: Amounts | undefined;
  readonly from?: string | undefined;
  /** The first moment at which it is over. */
  readonly until?: string | undefined;
  readonly oncePerCustomer: boolean;
  /** Orders that may use it; without it, any number. */
  readonly maxUses?: number | undefined;
}

/** Whether uses are counted: such a discount is reserved for an order before it counts. */
export function isLimited({ oncePerCustomer, maxUses }: Pick<Discount, 'oncePerCustomer' | 'maxUses'>): boolean {
  return oncePerCustomer || maxUses !== undefined;
}

/** What a discount takes off an order, in minor units. */
export interface AppliedDiscount {
  readonly code: string;
  readonly on: Discount['on'];
  readonly amountMinor: number;
  /** True when its uses are counted: one is reserved with the order's stock. */
  readonly limited?: true;
}

/** A line to be discounted. */
export interface DiscountedLine {
  readonly sku: string;
  readonly totalMinor: number;
}

export interface DiscountContext {
  readonly currency: string;
  /** The moment at which the order is priced. */
  readonly now: string;
  readonly quantum: number;
}

/** Why a discount is not applied; undefined when it is. */
export function obstacleTo(
  discount: Discount,
  lines: readonly DiscountedLine[],
  { currency, now }: DiscountContext,
): string | undefined {
  const { code, active, from, until, minimum, skus, value } = discount;
  if (!active || (until !== undefined && Date.parse(until) <= Date.parse(now))) return `${code} is over`;
  if (from !== undefined && Date.parse(now) < Date.parse(from)) return `${code} has not begun`;
  if ('amounts' in value && amountIn(value.amounts, currency) === undefined) return `${code} is not for ${currency}`;
  if (skus !== undefined && !lines.some(({ sku }) => skus.includes(sku))) return `${code} is for other products`;
  if (minimum === undefined) return undefined;
  const least = amountIn(minimum, currency);
  if (least === undefined) return `${code} is not for ${currency}`;
  const goodsMinor = lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
  return goodsMinor < least ? `${code} is for goods of at least ${least} minor units` : undefined;
}

/**
 * Takes discounts off lines: first those on lines, then those on the order, each off what the ones before it have left, never
 * below 0. A discount on several lines is apportioned to them by their values, and stays with them.
 *
 * @param discounts that apply, those on shipping left out.
 * @returns what is taken off each line, and what each discount takes off.
 */
export function discountLines(
  lines: readonly DiscountedLine[],
  discounts: readonly Discount[],
  { currency, quantum }: DiscountContext,
): { readonly byLine: readonly number[]; readonly applied: readonly AppliedDiscount[] } {
  const left = lines.map(({ totalMinor }) => totalMinor);
  const applied = [...discounts].sort(inOrder).map((discount): AppliedDiscount => {
    const concerns = lines.map(
      ({ sku }) => discount.on === 'order' || discount.skus === undefined || discount.skus.includes(sku),
    );
    const weights = left.map((amount, index) => (concerns[index] ? amount : 0));
    const base = weights.reduce((sum, weight) => sum + weight, 0);
    const amountMinor = amountOff(discount, base, currency, quantum);
    if (base > 0)
      for (const [index, part] of apportion(amountMinor, weights, quantum).entries()) take(left, index, part);
    return { code: discount.code, on: discount.on, amountMinor, ...(isLimited(discount) && { limited: true }) };
  });
  return { byLine: lines.map(({ totalMinor }, index) => totalMinor - (left[index] ?? 0)), applied };
}

function take(left: number[], index: number, part: number): void {
  left[index] = (left[index] ?? 0) - part;
}

/** What a discount takes off an amount, at most all of it. */
export function amountOff({ value }: Discount, baseMinor: number, currency: string, quantum: number): number {
  const wanted =
    'basisPoints' in value
      ? shareOf(baseMinor, value.basisPoints, quantum)
      : Math.floor((amountIn(value.amounts, currency) ?? 0) / quantum) * quantum;
  return Math.min(wanted, baseMinor);
}

/** Discounts on lines come before those on the order, and at equality in the order of their codes. */
function inOrder(a: Discount, b: Discount): number {
  if (a.on !== b.on) return a.on === 'lines' ? -1 : 1;
  return a.code < b.code ? -1 : 1;
}

function amountIn(amounts: Amounts, currency: string): number | undefined {
  return amounts.find((each) => each.currency === currency)?.amountMinor;
}
