import type { SettingName } from '../../../api/settings.ts';
import type { Setting } from '../domain/setting.ts';

/** The versions of the settings. A version is never changed. */
export interface SettingStore {
  /** The latest version; undefined before the first one. */
  latest<Name extends SettingName>(name: Name): Promise<Setting<Name> | undefined>;
  /** The latest versions, newest first; at most `limit`. */
  versions(name: SettingName, limit: number): Promise<readonly Setting[]>;
  /** Stores a version. `conflict`: another one has its number. */
  append(setting: Setting): Promise<'appended' | 'conflict'>;
}
