import { apportion, shareOf, taxIncludedIn } from '../../shared/kernel/money.ts';
import { type TaxCategory, taxCategories } from './tax-rates.ts';

/** An amount of goods after discounts, in minor units. */
interface Taxed {
  readonly amountMinor: number;
  readonly category: TaxCategory;
}

/** The tax of an order, divided once and for all. The parts add up to the total. */
export interface FrozenTax {
  readonly byLine: readonly number[];
  readonly shippingMinor: number;
  readonly totalMinor: number;
}

/** The category at whose rate shipping is taxed. */
const shippingCategory: TaxCategory = 'standard';

/**
 * The tax on goods and shipping. Net amounts of one category are summed, their tax is rounded once, and is divided by the
 * amounts, shipping last. Of amounts with tax, each line keeps the tax in it, so that its price is charged exactly.
 */
export function freezeTax(
  lines: readonly Taxed[],
  shippingMinor: number,
  rates: Readonly<Record<TaxCategory, number>>,
  { taxIncluded, quantum }: { readonly taxIncluded: boolean; readonly quantum: number },
): FrozenTax {
  const all: readonly Taxed[] = [...lines, { amountMinor: shippingMinor, category: shippingCategory }];
  const parts = taxIncluded
    ? all.map(({ amountMinor, category }) => taxIncludedIn(amountMinor, rates[category], quantum))
    : addedTax(all, rates, quantum);
  return {
    byLine: parts.slice(0, -1),
    shippingMinor: parts.at(-1) ?? 0,
    totalMinor: parts.reduce((sum, part) => sum + part, 0),
  };
}

function addedTax(all: readonly Taxed[], rates: Readonly<Record<TaxCategory, number>>, quantum: number): number[] {
  const parts = all.map(() => 0);
  for (const category of taxCategories) {
    const amounts = all.map((each) => (each.category === category ? each.amountMinor : 0));
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    if (total === 0) continue;
    const divided = apportion(shareOf(total, rates[category], quantum), amounts, quantum);
    for (const [index, part] of divided.entries()) parts[index] = (parts[index] ?? 0) + part;
  }
  return parts;
}
