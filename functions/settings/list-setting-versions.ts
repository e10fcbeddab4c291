import { listSettingVersions } from '../../api/settings.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { settingStore } from './adapters/dynamodb-settings.ts';
import { nameInPath } from './domain/name-in-path.ts';
import { settingResource } from './domain/setting.ts';

const store = settingStore(readConfig('SETTINGS_TABLE').SETTINGS_TABLE);
const maxVersions = 20;

export const handler = httpHandler(listSettingVersions, async ({ path }) => {
  const name = nameInPath(path);
  if (isRefusal(name)) return name;
  return { body: { items: (await store.versions(name.value, maxVersions)).map(settingResource) } };
});
