import * as z from 'zod/mini';
import { defineRoute } from './define-route.ts';
import { amountMinor, country, currency, optional, text } from './vocabulary.ts';

/** Most markets, and most countries with taxes: more than there are currencies and countries. */
const maxEntries = 300;
const maxOptions = 10;
const maxRates = 20;
const maxBasisPoints = 10_000;

const name = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and -, at most 32'));

/** Whether every value of a list is there once. */
function areDifferent(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

export const shippingRate = z.strictObject({
  /** The least value of the goods after discounts. */
  fromValueMinor: amountMinor,
  baseMinor: amountMinor,
  /** For each kilogram begun beyond the first. */
  perFurtherKilogramMinor: amountMinor,
});

export const shippingOption = z.strictObject({
  optionId: name,
  title: text,
  maxWeightGrams: optional(z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER))),
  rates: z.array(shippingRate).check(
    z.minLength(1),
    z.maxLength(maxRates),
    z.refine((rates) => rates[0]?.fromValueMinor === 0, 'the first rate is for goods from 0'),
    z.refine(
      (rates) =>
        rates.every((each, index) => index === 0 || each.fromValueMinor > (rates[index - 1]?.fromValueMinor ?? 0)),
      'in ascending order of fromValueMinor',
    ),
  ),
});

/**
 * Where and how a currency is sold. Amounts are in its minor units. Prices, discounts and shipping rates are either all net, and
 * tax is added, or all with tax included.
 */
export const market = z.strictObject({
  marketId: name,
  currency,
  /** Without it: every country that has taxes. */
  countries: optional(
    z.array(country).check(z.minLength(1), z.maxLength(maxEntries), z.refine(areDifferent, 'each country once')),
  ),
  prices: z.enum(['net', 'tax_included']),
  /** The first one that can take an order is used where the customer chooses none. */
  shipping: z.array(shippingOption).check(
    z.minLength(1),
    z.maxLength(maxOptions),
    z.refine((options) => areDifferent(options.map(({ optionId }) => optionId)), 'each optionId once'),
  ),
});

export const markets = z.array(market).check(
  z.minLength(1),
  z.maxLength(maxEntries),
  z.refine((all) => areDifferent(all.map(({ marketId }) => marketId)), 'each marketId once'),
  z.refine(
    (all) =>
      areDifferent(all.flatMap(({ currency: code, countries = ['*'] }) => countries.map((each) => `${code} ${each}`))),
    'one market for a currency and a country, and one for the other countries of a currency',
  ),
);

const basisPoints = z.int().check(z.minimum(0), z.maximum(maxBasisPoints));

export const taxRate = z.strictObject({
  /** First day of the rates, in UTC. */
  from: z.iso.date(),
  /** In hundredths of a percent. The tax category `zero` has 0. */
  standard: basisPoints,
  reduced: basisPoints,
});

/** The taxes that the shop owes for goods sent to a country. Rates of 0 are known to be 0. */
export const countryTaxes = z.strictObject({
  country,
  /** Where the rates are from. */
  source: text,
  rates: z.array(taxRate).check(
    z.minLength(1),
    z.maxLength(maxRates),
    z.refine((rates) => areDifferent(rates.map(({ from }) => from)), 'each day once'),
  ),
});

export const taxes = z.array(countryTaxes).check(
  z.minLength(1),
  z.maxLength(maxEntries),
  z.refine((all) => areDifferent(all.map((each) => each.country)), 'each country once'),
);

export const checkoutPolicy = z.strictObject({
  /** Whether orders are accepted. */
  ordering: z.enum(['open', 'closed']),
});

export type ShippingOption = z.output<typeof shippingOption>;
export type Market = z.output<typeof market>;
export type CountryTaxes = z.output<typeof countryTaxes>;
export type CheckoutPolicy = z.output<typeof checkoutPolicy>;

/** The policy of a shop, by the name of the setting. Staff changes it while the shop runs. */
export const settingSchemas = { markets, taxes, checkout: checkoutPolicy } as const;
export type SettingName = keyof typeof settingSchemas;
export type SettingValue<Name extends SettingName> = z.output<(typeof settingSchemas)[Name]>;

export const settingName = z.enum(['markets', 'taxes', 'checkout']);

/** The name in a path. */
export const settingNameInPath = z.string().check(z.regex(/^(markets|taxes|checkout)$/));

export const putSettingBody = z.strictObject({
  /** The version that the change was made from; 0 before the first one. */
  basedOn: z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER)),
  /** For those who read the versions later. */
  reason: text,
  markets: optional(markets),
  taxes: optional(taxes),
  checkout: optional(checkoutPolicy),
});

/* Settings as they are read: an earlier version may have stored others. */

export const shippingRateResource = z.object({
  fromValueMinor: z.int(),
  baseMinor: z.int(),
  perFurtherKilogramMinor: z.int(),
});

export const shippingOptionResource = z.object({
  optionId: z.string(),
  title: z.string(),
  maxWeightGrams: z.optional(z.int()),
  rates: z.array(shippingRateResource),
});

export const marketResource = z.object({
  marketId: z.string(),
  currency: z.string(),
  countries: z.optional(z.array(z.string())),
  prices: z.enum(['net', 'tax_included']),
  shipping: z.array(shippingOptionResource),
});

export const taxRateResource = z.object({ from: z.string(), standard: z.int(), reduced: z.int() });

export const countryTaxesResource = z.object({
  country: z.string(),
  source: z.string(),
  rates: z.array(taxRateResource),
});

export const checkoutPolicyResource = z.object({ ordering: z.enum(['open', 'closed']) });

export const settingResource = z.object({
  name: settingName,
  /** 0: never set, the value is the default. */
  version: z.int(),
  changedAt: z.optional(z.string()),
  changedBy: z.optional(z.string()),
  reason: z.optional(z.string()),
  markets: z.optional(z.array(marketResource)),
  taxes: z.optional(z.array(countryTaxesResource)),
  checkout: z.optional(checkoutPolicyResource),
});

export type SettingResource = z.output<typeof settingResource>;

export const settingVersions = z.object({ items: z.array(settingResource) });

export const getSetting = defineRoute({
  operationId: 'get-setting',
  entryPoint: 'settings/get-setting',
  method: 'GET',
  path: '/settings/{name}',
  access: ['staff'],
  summary: 'Get a setting of the shop: markets, taxes or checkout.',
  throttle: { ratePerSecond: 50, burst: 100 },
  success: { status: 200, body: settingResource },
  refusals: ['NOT_FOUND'],
});

export const listSettingVersions = defineRoute({
  operationId: 'list-setting-versions',
  entryPoint: 'settings/list-setting-versions',
  method: 'GET',
  path: '/settings/{name}/versions',
  access: ['staff'],
  summary: 'List the versions of a setting, newest first, at most 20: who changed it, when and why.',
  throttle: { ratePerSecond: 10, burst: 20 },
  success: { status: 200, body: settingVersions },
  refusals: ['NOT_FOUND'],
});

export const putSetting = defineRoute({
  operationId: 'put-setting',
  entryPoint: 'settings/put-setting',
  method: 'PUT',
  path: '/settings/{name}',
  access: ['staff'],
  summary: 'Replace a setting. The change takes effect within 10 seconds.',
  description: 'The body has the field of the name of the setting, and no other one.',
  throttle: { ratePerSecond: 10, burst: 20 },
  body: putSettingBody,
  success: { status: 200, body: settingResource },
  refusals: ['NOT_FOUND', 'SETTING_CHANGED'],
});

export const settingRoutes = [getSetting, listSettingVersions, putSetting] as const;
