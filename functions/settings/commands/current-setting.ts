import { type SettingName, type SettingValue, settingSchemas } from '../../../api/settings.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import { TtlMap } from '../../shared/kernel/ttl-map.ts';
import { defaultSetting } from '../domain/setting.ts';
import type { SettingStore } from './setting-store.ts';

/** What was read just now is not read again, however often a request asks for it. */
const freshMs = 1_000;
/** How long an environment uses what it has read. The summary of the route that changes settings says so. */
const cachedMs = 10_000;

const names = Object.keys(settingSchemas);

/** The values of the settings now, up to {@link cachedMs} old. */
export interface CurrentSettings {
  read<Name extends SettingName>(name: Name): Promise<SettingValue<Name>>;
  /** From now on the values are read again that were not read within the last second. */
  forget(): void;
}

export function currentSettings(store: Pick<SettingStore, 'latest'>, clock: Clock): CurrentSettings {
  const nowMs = () => Date.parse(clock());
  const cached = new TtlMap<SettingValue<SettingName>>(cachedMs);
  return {
    async read<Name extends SettingName>(name: Name) {
      const known = cached.get(name, nowMs());
      if (known !== undefined) return known as SettingValue<Name>;
      const { value } = (await store.latest(name)) ?? defaultSetting(name);
      cached.set(name, value, nowMs());
      return value;
    },
    forget() {
      for (const name of names) cached.deleteOlder(name, freshMs, nowMs());
    },
  };
}
