import { countryCodes } from '../../../api/iso-codes.ts';
import type { CountryTaxes } from '../../../api/settings.ts';

const from = '2026-01-01';
const valueAddedTax = 'value-added and goods taxes of 2026, as published by the tax authority of the country';
const exported = 'goods sent out of the country of the shop: the receiver owes the taxes of the destination';

/** Value-added and goods taxes in basis points, [standard, reduced]. */
const taxed: Readonly<Record<string, readonly [number, number]>> = {
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

/**
 * Where a shop that has set no rates does not send: places without inhabitants or post, and countries under wide embargoes. A
 * shop that may send there sets the rates.
 */
const notServed = new Set(['AQ', 'BV', 'BY', 'CU', 'GS', 'HM', 'IO', 'IR', 'KP', 'RU', 'SY', 'TF', 'UM']);

/**
 * The taxes of a shop that has set none. Countries that tax by state or city (US, and the provincial part of CA), and those
 * outside of the table, have the known rate 0: the shop owes nothing there until it registers.
 */
export const defaultTaxes: CountryTaxes[] = countryCodes
  .filter((country) => !notServed.has(country))
  .map((country) => {
    const [standard, reduced] = taxed[country] ?? [0, 0];
    const source = taxed[country] === undefined ? exported : valueAddedTax;
    return { country, source, rates: [{ from, standard, reduced }] };
  });
