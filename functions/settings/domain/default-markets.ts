import type { Market } from '../../../api/settings.ts';

/** The base charge for shipping and the charge for each further kilogram begun, by currency, in minor units. */
const charges: Readonly<Record<string, readonly [base: number, perKilogram: number]>> = {
  AUD: [890, 150],
  BRL: [2490, 500],
  CAD: [790, 150],
  CHF: [790, 120],
  CZK: [9900, 1500],
  DKK: [3900, 700],
  EUR: [490, 90],
  GBP: [450, 80],
  HUF: [149000, 20000],
  INR: [9900, 2500],
  JPY: [700, 100],
  MXN: [9900, 2000],
  NOK: [5900, 900],
  NZD: [890, 150],
  PLN: [1490, 250],
  SEK: [5900, 900],
  SGD: [790, 150],
  USD: [590, 100],
};

/** The markets of a shop that has set none: one for each of these currencies, with net prices, for every country with tax rates. */
export const defaultMarkets: Market[] = Object.entries(charges).map(([currency, [baseMinor, perKilogram]]) => ({
  marketId: currency.toLowerCase(),
  currency,
  prices: 'net',
  shipping: [
    {
      optionId: 'standard',
      title: 'Standard',
      rates: [{ fromValueMinor: 0, baseMinor, perFurtherKilogramMinor: perKilogram }],
    },
  ],
}));
