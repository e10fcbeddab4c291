import type { CountryTaxes } from '../../../api/settings.ts';

export const taxCategories = ['standard', 'reduced', 'zero'] as const;

export type TaxCategory = (typeof taxCategories)[number];

/**
 * The rate of each category in a country on a day.
 *
 * @returns undefined when the country has no rates on that day: it is not served.
 */
export function taxRatesOn(
  taxes: readonly CountryTaxes[],
  country: string,
  day: string,
): Readonly<Record<TaxCategory, number>> | undefined {
  const { rates = [] } = taxes.find((each) => each.country === country) ?? {};
  const begun = rates.filter(({ from }) => from <= day);
  const [latest] = begun.sort((a, b) => (a.from < b.from ? 1 : -1));
  return latest && { standard: latest.standard, reduced: latest.reduced, zero: 0 };
}
