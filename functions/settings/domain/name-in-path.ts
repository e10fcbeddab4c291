import { type SettingName, settingSchemas } from '../../../api/settings.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';

/** The name of a setting in a request's path. */
export function nameInPath({
  name,
}: {
  readonly name: string;
}): { readonly value: SettingName } | Refusal<'NOT_FOUND'> {
  return Object.hasOwn(settingSchemas, name)
    ? { value: name as SettingName }
    : refuse('NOT_FOUND', 'There is no such setting.');
}
