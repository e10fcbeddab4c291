import { codes, code as currencyOf } from 'currency-codes';
import countries from 'i18n-iso-countries/codes.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { countryCodes, currencyCodes, currencyDigits } from '../../api/iso-codes.ts';

/** The lists of two packages, which are too large for the functions and follow changes of the standards late. */
const packaged = {
  countries: countries.map(([code]) => code ?? ''),
  currencies: codes(),
};
const only = (some: readonly string[], others: readonly string[]) =>
  some.filter((code) => !others.includes(code)).sort();

describe('the codes of the standards', () => {
  it('are the countries of the package, without Kosovo, whose code is not in the standard', () => {
    expect([only(packaged.countries, countryCodes), only(countryCodes, packaged.countries)]).toEqual([['XK'], []]);
  });

  it('are the currencies of the package, with the changes since 2025', () => {
    // The lev and the guilder of Curaçao have ended, as has the convertible peso; the last one stands for no currency.
    expect(only(packaged.currencies, currencyCodes)).toEqual(['ANG', 'BGN', 'CUC', 'X'.repeat(3)]);
    // The guilder of the Caribbean, and the Arab accounting dinar.
    expect(only(currencyCodes, packaged.currencies)).toEqual(['XAD', 'XCG']);
  });

  it('have the digits of the package', () => {
    const known = codes().filter((code) => currencyCodes.includes(code));
    expect(known.map((code) => [code, currencyDigits(code)])).toEqual(
      known.map((code) => [code, currencyOf(code)?.digits]),
    );
  });
});
