import { putSetting } from '../../api/settings.ts';
import { actorName } from '../shared/actor.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { settingStore } from './adapters/dynamodb-settings.ts';
import { changeSetting } from './commands/change-setting.ts';
import { nameInPath } from './domain/name-in-path.ts';
import { settingResource } from './domain/setting.ts';
import { valueIn } from './domain/value-in-body.ts';

const store = settingStore(readConfig('SETTINGS_TABLE').SETTINGS_TABLE);

export const handler = httpHandler(putSetting, async ({ path, body, actor }) => {
  const name = nameInPath(path);
  if (isRefusal(name)) return name;
  const value = valueIn(body, name.value);
  if (isRefusal(value)) return value;
  const { basedOn, reason } = body;
  const change = { name: name.value, ...value, basedOn, reason, changedBy: actorName(actor) };
  const setting = await changeSetting(change, systemClock(), store);
  return isRefusal(setting) ? setting : { body: settingResource(setting) };
});
