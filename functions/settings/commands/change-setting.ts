import type { SettingName, SettingValue } from '../../../api/settings.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Setting } from '../domain/setting.ts';
import type { SettingStore } from './setting-store.ts';

export interface SettingChange<Name extends SettingName = SettingName> {
  readonly name: Name;
  readonly value: SettingValue<Name>;
  /** The version that the change was made from. */
  readonly basedOn: number;
  readonly changedBy: string;
  readonly reason: string;
}

/**
 * Stores the next version of a setting. Refused when the latest version is another one than the change was made from. A
 * repeated change whose first answer was lost is refused as well; the latest version then shows it.
 */
export async function changeSetting(
  { name, value, basedOn, changedBy, reason }: SettingChange,
  now: Instant,
  store: SettingStore,
): Promise<Setting | Refusal<'SETTING_CHANGED'>> {
  const latest = (await store.latest(name))?.version ?? 0;
  const setting: Setting = { name, version: basedOn + 1, value, changedAt: now, changedBy, reason };
  if (latest === basedOn && (await store.append(setting)) === 'appended') return setting;
  const found = latest === basedOn ? basedOn + 1 : latest;
  return refuse('SETTING_CHANGED', `The latest version of the setting ${name} is ${found}, not ${basedOn}.`, [
    { path: 'basedOn', message: `the latest version is ${found}` },
  ]);
}
