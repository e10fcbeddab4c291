import type * as z from 'zod/mini';
import { type putSettingBody, type SettingName, type SettingValue, settingSchemas } from '../../../api/settings.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';

type Body = z.output<typeof putSettingBody>;

/** The value in the body of a change: the field of the setting's name, and no other setting beside it. */
export function valueIn(
  body: Body,
  name: SettingName,
): { readonly value: SettingValue<SettingName> } | Refusal<'VALIDATION_FAILED'> {
  const others = Object.keys(settingSchemas).filter((each) => each !== name && body[each as SettingName] !== undefined);
  const errors = others.map((path) => ({ path, message: `belongs to another setting than ${name}` }));
  const value = body[name];
  if (value !== undefined && errors.length === 0) return { value };
  if (value === undefined) errors.push({ path: name, message: 'required' });
  return refuse('VALIDATION_FAILED', `The body has the field ${name} and no other setting.`, errors);
}
