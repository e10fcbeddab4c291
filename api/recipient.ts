import * as z from 'zod/mini';
import { countriesWithoutPostalCode, regionsByCountry } from './address-data.ts';
import { country, optional, postalCode, text } from './vocabulary.ts';

/**
 * The address of a parcel. The postal code is required unless addresses of the country have none. In the countries of
 * `regionsByCountry` the region is required, as its code or its name in English, and becomes its code; elsewhere it is any
 * text.
 */
export const shippingAddress = z
  .strictObject({
    name: text,
    line1: text,
    line2: optional(text),
    city: text,
    postalCode: optional(postalCode),
    region: optional(text),
    country,
  })
  .check(
    z.overwrite((address) => {
      const code = regionCode(address.country, address.region);
      return code === undefined ? address : { ...address, region: code };
    }),
    z.refine((address) => address.postalCode !== undefined || countriesWithoutPostalCode.has(address.country), {
      path: ['postalCode'],
      error: 'required in this country',
    }),
    z.refine((address) => address.region !== undefined || regionsByCountry[address.country] === undefined, {
      path: ['region'],
      error: 'required in this country',
    }),
    z.refine(
      ({ country: code, region }) =>
        region === undefined || regionsByCountry[code] === undefined || regionCode(code, region) !== undefined,
      {
        path: ['region'],
        error: 'not a state, province or territory of this country; its code is best, such as CA in the United States',
      },
    ),
  );

/** The code of a region that is given by its code, with or without the country, or by its name. */
function regionCode(countryCode: string, region: string | undefined): string | undefined {
  const regions = regionsByCountry[countryCode];
  if (regions === undefined || region === undefined) return undefined;
  const given = comparable(region);
  const code = given.startsWith(`${countryCode}-`) ? given.slice(countryCode.length + 1) : given;
  if (Object.hasOwn(regions, code)) return code;
  return Object.keys(regions).find((each) => comparable(regions[each] ?? '') === given);
}

/** In capitals, without accents and punctuation: `Québec` is `QUEBEC`, `N.Y.` is `NY`; white space counts once. */
function comparable(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f.,]/g, '')
    .replace(/\s+/g, ' ')
    .toUpperCase();
}

const maxEmailLength = 254;

/** An e-mail address as an HTML mail field takes it. An internationalized domain becomes its ASCII form. */
export const email = z.string().check(
  z.trim(),
  z.overwrite(withAsciiDomain),
  z.maxLength(maxEmailLength),
  z.refine((value) => z.regexes.html5Email.test(value), 'must be a valid email'),
);

function withAsciiDomain(address: string): string {
  const [, local = '', domain = ''] = /^([^@]*)@([^@]*)$/.exec(address) ?? [];
  // The parser of URLs gives some ASCII characters a meaning of their own. A domain of these only needs no conversion.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
  if (!/[^\u0000-\u007f]/.test(domain) || /[^a-z0-9.\u0080-\u{10ffff}-]|-\.|-$|\.-|^-/iu.test(domain)) return address;
  const url = `https://${domain}`;
  return URL.canParse(url) ? `${local}@${new URL(url).hostname}` : address;
}

/** Digits of the number with its separators, and an extension after `ext.`, `x` or `#`. */
const phonePattern =
  /^(?=(?:[^0-9a-z#,;]*[0-9]){4})\(?\+?[0-9 ()./-]{5,30}(?:[ ,;]*(?:ext(?:n|ension)?|x|#)[.:=]? ?[0-9]{1,11})?$/i;

/** A phone number. Other spaces and hyphens become those of ASCII, and invisible marks of copied text are removed. */
export const phone = z.string().check(
  z.overwrite((value) =>
    value
      .replace(/\p{Cf}/gu, '')
      .replace(/\p{Zs}/gu, ' ')
      .replace(/\p{Pd}/gu, '-'),
  ),
  z.trim(),
  z.refine((value) => phonePattern.test(value), 'a phone number'),
);

export const contact = z.strictObject({ email, phone: optional(phone) });

/** The address of an order as it was stored: earlier versions accepted other values. */
export const addressResource = z.object({
  name: z.string(),
  line1: z.string(),
  line2: z.optional(z.string()),
  city: z.string(),
  postalCode: z.optional(z.string()),
  region: z.optional(z.string()),
  country: z.string(),
});

/** The contact of an order as it was stored. */
export const contactResource = z.object({ email: z.string(), phone: z.optional(z.string()) });

/** The longest tag that RFC 5646 asks every implementation to take. */
const maxLocaleLength = 35;

/** A language tag of BCP 47 whose first part is a language of ISO 639. It becomes its canonical form, such as `de-AT`. */
export const locale = z.string().check(
  z.trim(),
  z.maxLength(maxLocaleLength),
  z.overwrite((value) => canonicalLocale(value) ?? value),
  z.refine((value) => canonicalLocale(value) !== undefined && /^[a-z]{2,3}(-|$)/.test(value), {
    error: 'a locale such as en or de-AT',
  }),
);

function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
