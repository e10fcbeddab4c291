import type { Market, ShippingOption } from '../../../api/settings.ts';

const gramsPerKilogram = 1_000;

/** The market of a currency and a country: one that names the country, before one that serves all. */
export function marketOf(markets: readonly Market[], currency: string, country: string): Market | undefined {
  const ofCurrency = markets.filter((market) => market.currency === currency);
  return (
    ofCurrency.find(({ countries }) => countries?.includes(country)) ??
    ofCurrency.find(({ countries }) => countries === undefined)
  );
}

/**
 * The charge of an option for goods of this value and weight, in minor units.
 *
 * @returns undefined when the goods are too heavy for it.
 */
export function shippingCharge(option: ShippingOption, valueMinor: number, weightGrams: number): number | undefined {
  if (option.maxWeightGrams !== undefined && weightGrams > option.maxWeightGrams) return undefined;
  const rate = option.rates.findLast(({ fromValueMinor }) => fromValueMinor <= valueMinor);
  if (rate === undefined) return undefined;
  const furtherKilograms = Math.max(0, Math.ceil(weightGrams / gramsPerKilogram) - 1);
  return rate.baseMinor + rate.perFurtherKilogramMinor * furtherKilograms;
}
