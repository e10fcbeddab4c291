import { describe, expect, it } from 'vitest';
import { countriesWithoutPostalCode, regionsByCountry } from '../../api/address-data.ts';
import { countryCodes, currencyCodes } from '../../api/iso-codes.ts';
import { addressResource, contact, contactResource, locale, shippingAddress } from '../../api/recipient.ts';
import { country, currency } from '../../api/vocabulary.ts';

const address = { name: 'Ada', line1: 'Way 1', city: 'Town', country: 'DE', postalCode: '10115' };
const toAddress = (change: object) => shippingAddress.safeParse({ ...address, ...change });
const pathsOf = (change: object) => toAddress(change).error?.issues.map(({ path }) => path.join('.'));

describe('a code', () => {
  it('of a country is one of the 249 of ISO 3166-1', () => {
    expect(new Set(countryCodes).size).toBe(249);
    for (const code of countryCodes) expect(country.safeParse(code).success, code).toBe(true);
    for (const code of ['EL', 'XX', 'UK', 'EU', 'XK', 'ZZ', 'AN', 'de', 'DEU', '']) {
      expect(country.safeParse(code).success, code).toBe(false);
    }
  });

  it('of a country has a name in the locale data of Node', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    expect(countryCodes.filter((code) => names.of(code) === undefined)).toEqual([]);
  });

  it('of a currency is one of ISO 4217 and not a former one', () => {
    expect(new Set(currencyCodes).size).toBe(currencyCodes.length);
    for (const code of ['EUR', 'USD', 'JPY', 'KWD', 'XCG', 'ZWG']) expect(currency.safeParse(code).success).toBe(true);
    for (const code of ['ABC', 'DEM', 'HRK', 'BGN', 'BTC', 'eur', 'EU', '']) {
      expect(currency.safeParse(code).success, code).toBe(false);
    }
  });
});

describe('the postal code of an address', () => {
  it.each(['HK', 'IE', 'AE', 'QA', 'GH', 'JM', 'PA', 'FJ'])('may be left out in %s', (code) => {
    for (const postalCode of [undefined, null, '', '\u200b']) {
      expect(toAddress({ country: code, postalCode }).success).toBe(true);
    }
    expect(toAddress({ country: code, postalCode: 'D02 AF30' }).data?.postalCode).toBe('D02 AF30');
  });

  it.each(['DE', 'GB', 'FR', 'JP', 'BR', 'SG'])('is required in %s', (code) => {
    for (const postalCode of [undefined, null, '', ' ']) {
      expect(pathsOf({ country: code, postalCode })).toEqual(['postalCode']);
    }
  });

  it('may be left out only in countries of ISO 3166-1', () => {
    const known = new Set(countryCodes);
    expect(
      [...countriesWithoutPostalCode, ...Object.keys(regionsByCountry)].filter((code) => !known.has(code)),
    ).toEqual([]);
  });
});

describe('the region of an address', () => {
  it.each([
    ['US', 'NY', 'NY'],
    ['US', ' ny ', 'NY'],
    ['US', 'New York', 'NY'],
    ['US', 'N.Y.', 'NY'],
    ['US', 'US-CA', 'CA'],
    ['US', 'AP', 'AP'],
    ['US', 'Puerto Rico', 'PR'],
    ['CA', 'Québec', 'QC'],
    ['AU', 'New South Wales', 'NSW'],
    ['AU', 'New  South Wales', 'NSW'],
    ['US', 'N.Y.,', 'NY'],
  ])('in %s may be %o and becomes %s', (code, region, stored) => {
    expect(toAddress({ country: code, region }).data?.region).toBe(stored);
  });

  it.each([
    ['US', undefined],
    ['US', ''],
    ['US', 'Berlin'],
    ['US', 'QC'],
    ['US', 'constructor'],
    ['CA', 'CA'],
    ['CA', undefined],
    ['AU', 'AU'],
    ['AU', undefined],
  ])('in %s may not be %o', (code, region) => {
    expect(pathsOf({ country: code, region })).toEqual(['region']);
  });

  it('elsewhere is any text or none', () => {
    expect(toAddress({ region: 'Brandenburg' }).data?.region).toBe('Brandenburg');
    expect(toAddress({}).success).toBe(true);
  });
});

describe('the e-mail address of a contact', () => {
  it.each([
    ['customer&service@example.com', 'customer&service@example.com'],
    [' ada@example.com\u00a0', 'ada@example.com'],
    ["o'hara+shop@example.co.uk", "o'hara+shop@example.co.uk"],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
  ])('may be %o', (email, stored) => {
    expect(contact.parse({ email }).email).toBe(stored);
  });

  it.each([
    'a@example-.com',
    'a@-example.com',
    'a@bücher-.example',
    'a@-bücher.example',
    'ä@example.com',
    'a b@example.com',
    'a@b@ü.example',
    'a@ü:80',
    'a@ü/path',
    'a@b%41ü.example',
    '@example.com',
    'a@',
    `${'a'.repeat(250)}@x.de`,
  ])('may not be %o', (email) => {
    expect(contact.safeParse({ email }).success).toBe(false);
  });
});

describe('the phone number of a contact', () => {
  const phoneOf = (phone: unknown) => contact.parse({ email: 'a@example.com', phone }).phone;

  it.each([
    ['(555) 123-4567 ext. 12', '(555) 123-4567 ext. 12'],
    ['555-123-4567 x12', '555-123-4567 x12'],
    ['+1 555 123 4567 #12', '+1 555 123 4567 #12'],
    ['+1-555-123-4567;ext=12', '+1-555-123-4567;ext=12'],
    ['030/1234567', '030/1234567'],
    ['+49\u00a030\u202f1234567', '+49 30 1234567'],
    ['030\u20111234567', '030-1234567'],
    ['\u202a+49 30 1234567\u202c', '+49 30 1234567'],
    [null, undefined],
    ['', undefined],
  ])('may be %o', (phone, stored) => {
    expect(phoneOf(phone)).toBe(stored);
  });

  it.each([
    '12',
    'call me',
    '()()()()',
    '1'.repeat(31),
    '+49\n30 123456',
    '123456 ext',
    '123456 ext. call',
    '１２３４５',
  ])('may not be %o', (phone) => {
    expect(contact.safeParse({ email: 'a@example.com', phone }).success).toBe(false);
  });
});

describe('a locale', () => {
  it.each([
    ['de', 'de'],
    ['de-at', 'de-AT'],
    ['zh-Hant-TW', 'zh-Hant-TW'],
    ['es-419', 'es-419'],
    ['SR-latn-rs', 'sr-Latn-RS'],
    ['en-US-u-ca-buddhist', 'en-US-u-ca-buddhist'],
    ['gsw', 'gsw'],
  ])('may be %s', (tag, stored) => {
    expect(locale.parse(tag)).toBe(stored);
  });

  it.each(['german', 'de_DE', 'd', 'x-shop', 'de-', 'de-AT-AT-AT', '12'])('may not be %s', (tag) => {
    expect(locale.safeParse(tag).success).toBe(false);
  });
});

describe('an address or contact that was stored', () => {
  it('can be read when it would not be accepted any more', () => {
    const old = { name: 'A', line1: 'B', city: 'C', postalCode: '', country: 'EL', building: 'new field' };
    expect(addressResource.parse(old)).toMatchObject({ country: 'EL' });
    expect(contactResource.parse({ email: 'nobody', phone: '12' })).toEqual({ email: 'nobody', phone: '12' });
  });
});
