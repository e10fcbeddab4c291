import { systemClock } from '../../shared/kernel/time.ts';
import { type CurrentSettings, currentSettings } from '../commands/current-setting.ts';
import { settingStore } from './dynamodb-settings.ts';

/** The settings in a table. */
export function settingsIn(table: string): CurrentSettings {
  return currentSettings(settingStore(table), systemClock);
}
