import type { SaleAddress } from '../file/sale.ts';

type Place = Omit<SaleAddress, 'name' | 'line1'>;

/**
 * The countries of the data set by their names in it, each with one address. `EIRE` is Ireland, `RSA` South Africa, and
 * `Channel Islands` Jersey, the larger part of them by population. `Unspecified`, `European Community` and `West Indies` are
 * missing because they are no single country.
 */
export const addressesByCountry: Readonly<Record<string, Place>> = {
  Australia: { country: 'AU', city: 'Sydney', postalCode: '2000', region: 'NSW' },
  Austria: { country: 'AT', city: 'Wien', postalCode: '1010' },
  Bahrain: { country: 'BH', city: 'Manama', postalCode: '317' },
  Belgium: { country: 'BE', city: 'Bruxelles', postalCode: '1000' },
  Bermuda: { country: 'BM', city: 'Hamilton', postalCode: 'HM 11' },
  Brazil: { country: 'BR', city: 'São Paulo', postalCode: '01001-000', region: 'SP' },
  Canada: { country: 'CA', city: 'Toronto', postalCode: 'M5V 3L9', region: 'ON' },
  'Channel Islands': { country: 'JE', city: 'St Helier', postalCode: 'JE2 3QA' },
  Cyprus: { country: 'CY', city: 'Nicosia', postalCode: '1010' },
  'Czech Republic': { country: 'CZ', city: 'Praha', postalCode: '110 00' },
  Denmark: { country: 'DK', city: 'København', postalCode: '1050' },
  EIRE: { country: 'IE', city: 'Dublin', postalCode: 'D01 F5P2' },
  Finland: { country: 'FI', city: 'Helsinki', postalCode: '00100' },
  France: { country: 'FR', city: 'Paris', postalCode: '75001' },
  Germany: { country: 'DE', city: 'Berlin', postalCode: '10115' },
  Greece: { country: 'GR', city: 'Athina', postalCode: '105 57' },
  'Hong Kong': { country: 'HK', city: 'Hong Kong' },
  Iceland: { country: 'IS', city: 'Reykjavík', postalCode: '101' },
  Israel: { country: 'IL', city: 'Tel Aviv', postalCode: '6100000' },
  Italy: { country: 'IT', city: 'Roma', postalCode: '00184', region: 'RM' },
  Japan: { country: 'JP', city: 'Chiyoda-ku, Tokyo', postalCode: '100-0001' },
  Korea: { country: 'KR', city: 'Seoul', postalCode: '04524' },
  Lebanon: { country: 'LB', city: 'Beirut', postalCode: '1107 2180' },
  Lithuania: { country: 'LT', city: 'Vilnius', postalCode: '01100' },
  Malta: { country: 'MT', city: 'Valletta', postalCode: 'VLT 1117' },
  Morocco: { country: 'MA', city: 'Rabat', postalCode: '10000' },
  Netherlands: { country: 'NL', city: 'Amsterdam', postalCode: '1012 JS' },
  Nigeria: { country: 'NG', city: 'Lagos', postalCode: '101001' },
  Norway: { country: 'NO', city: 'Oslo', postalCode: '0151' },
  Poland: { country: 'PL', city: 'Warszawa', postalCode: '00-950' },
  Portugal: { country: 'PT', city: 'Lisboa', postalCode: '1100-148' },
  RSA: { country: 'ZA', city: 'Cape Town', postalCode: '8001' },
  'Saudi Arabia': { country: 'SA', city: 'Riyadh', postalCode: '11564' },
  Singapore: { country: 'SG', city: 'Singapore', postalCode: '018956' },
  Spain: { country: 'ES', city: 'Madrid', postalCode: '28013' },
  Sweden: { country: 'SE', city: 'Stockholm', postalCode: '111 29' },
  Switzerland: { country: 'CH', city: 'Zürich', postalCode: '8001' },
  Thailand: { country: 'TH', city: 'Bangkok', postalCode: '10200' },
  USA: { country: 'US', city: 'New York', postalCode: '10001', region: 'NY' },
  'United Arab Emirates': { country: 'AE', city: 'Dubai' },
  'United Kingdom': { country: 'GB', city: 'London', postalCode: 'EC1A 1BB' },
};
