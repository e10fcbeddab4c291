import type { SettingName, SettingValue } from '../../../api/settings.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import { TtlMap } from '../../shared/kernel/ttl-map.ts';
import { defaultSetting } from '../domain/setting.ts';
import type { SettingStore } from './setting-store.ts';

/** How long an environment uses what it has read. The summary of the route that changes settings says so. */
const cachedMs = 10_000;

/** The values of the settings now, up to {@link cachedMs} old. */
export interface CurrentSettings {
  read<Name extends SettingName>(name: Name): Promise<SettingValue<Name>>;
  /** From now on the values are read again. */
  forget(): void;
}

export function currentSettings(store: Pick<SettingStore, 'latest'>, clock: Clock): CurrentSettings {
  const nowMs = () => Date.parse(clock());
  let cached = new TtlMap<SettingValue<SettingName>>(cachedMs);
  return {
    async read<Name extends SettingName>(name: Name) {
      const known = cached.get(name, nowMs());
      if (known !== undefined) return known as SettingValue<Name>;
      const { value } = (await store.latest(name)) ?? defaultSetting(name);
      cached.set(name, value, nowMs());
      return value;
    },
    forget() {
      cached = new TtlMap(cachedMs);
    },
  };
}
