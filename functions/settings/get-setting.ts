import { getSetting } from '../../api/settings.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { settingStore } from './adapters/dynamodb-settings.ts';
import { nameInPath } from './domain/name-in-path.ts';
import { defaultSetting, settingResource } from './domain/setting.ts';

const store = settingStore(readConfig('SETTINGS_TABLE').SETTINGS_TABLE);

export const handler = httpHandler(getSetting, async ({ path }) => {
  const name = nameInPath(path);
  if (isRefusal(name)) return name;
  return { body: settingResource((await store.latest(name.value)) ?? defaultSetting(name.value)) };
});
