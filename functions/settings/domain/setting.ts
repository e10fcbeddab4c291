import type { SettingName, SettingValue } from '../../../api/settings.ts';
import { defaultMarkets } from './default-markets.ts';
import { defaultTaxes } from './default-taxes.ts';

/** A version of a setting. Versions count from 1; 0 is the default, which is not stored. */
export interface Setting<Name extends SettingName = SettingName> {
  readonly name: Name;
  readonly version: number;
  readonly value: SettingValue<Name>;
  readonly changedAt?: string;
  readonly changedBy?: string;
  readonly reason?: string;
}

const defaults: { readonly [Name in SettingName]: SettingValue<Name> } = {
  markets: defaultMarkets,
  taxes: defaultTaxes,
  checkout: { ordering: 'open' },
};

/** The setting of a shop that has never set it. */
export function defaultSetting<Name extends SettingName>(name: Name): Setting<Name> {
  return { name, version: 0, value: defaults[name] };
}

/** A setting as the API returns it: its value has the field of its name. */
export function settingResource({ name, version, value, changedAt, changedBy, reason }: Setting) {
  const change = changedAt === undefined ? {} : { changedAt, changedBy, reason };
  return { name, version, ...change, [name]: value };
}
