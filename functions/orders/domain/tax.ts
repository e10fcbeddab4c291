import { shareOf } from '../../shared/kernel/money.ts';

export type TaxCategory = 'standard' | 'reduced' | 'zero';

/** Tax rates by country and category. A shop with its own tax engine implements this interface. */
export interface TaxRates {
  /** The rate on a net price in hundredths of a percent: 19 % is 1900. */
  basisPoints(country: string, category: TaxCategory): number;
}

/**
 * Value-added and goods taxes of 2026 in basis points, [standard, reduced]. This table charges no tax for countries that
 * tax by state or city (US, and the provincial part of CA) and for countries that it does not list.
 */
const rates: Readonly<Record<string, readonly [number, number]>> = {
  AT: [2000, 1000],
  AU: [1000, 0],
  BE: [2100, 600],
  BG: [2000, 900],
  CA: [500, 0],
  CH: [810, 260],
  CY: [1900, 900],
  CZ: [2100, 1200],
  DE: [1900, 700],
  DK: [2500, 2500],
  EE: [2400, 900],
  ES: [2100, 1000],
  FI: [2550, 1350],
  FR: [2000, 550],
  GB: [2000, 500],
  GR: [2400, 1300],
  HR: [2500, 1300],
  HU: [2700, 1800],
  IE: [2300, 1350],
  IT: [2200, 1000],
  JP: [1000, 800],
  LT: [2100, 1200],
  LU: [1700, 800],
  LV: [2100, 1200],
  MT: [1800, 700],
  NL: [2100, 900],
  NO: [2500, 1500],
  NZ: [1500, 1500],
  PL: [2300, 800],
  PT: [2300, 600],
  RO: [2100, 1100],
  SE: [2500, 1200],
  SI: [2200, 950],
  SK: [2300, 1900],
};

export const taxTable: TaxRates = {
  basisPoints(country, category) {
    const [standard, reduced] = rates[country] ?? [0, 0];
    if (category === 'zero') return 0;
    return category === 'standard' ? standard : reduced;
  },
};

/**
 * The tax on net amounts, in minor units. Amounts are summed by category, and each category's tax is rounded once. Shipping
 * is taxed at the standard rate.
 */
export function taxOn(
  country: string,
  goods: readonly { readonly category: TaxCategory; readonly amountMinor: number }[],
  shippingMinor: number,
  taxRates: TaxRates,
): number {
  const byCategory = new Map<TaxCategory, number>([['standard', shippingMinor]]);
  for (const { category, amountMinor } of goods) {
    byCategory.set(category, (byCategory.get(category) ?? 0) + amountMinor);
  }
  let taxMinor = 0;
  for (const [category, amountMinor] of byCategory) {
    taxMinor += shareOf(amountMinor, taxRates.basisPoints(country, category));
  }
  return taxMinor;
}
