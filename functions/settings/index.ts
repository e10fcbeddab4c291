/** The public interface of settings: other capabilities import only from here. */

export { settingsIn } from './adapters/settings-in-table.ts';
export type { CurrentSettings } from './commands/current-setting.ts';
export { defaultSetting } from './domain/setting.ts';
