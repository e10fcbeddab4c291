import { randomInt } from 'node:crypto';

/** `GenerateSecretString` of a secret, as far as the runner uses it. */
export interface SecretGenerator {
  SecretStringTemplate?: string;
  GenerateStringKey?: string;
  PasswordLength?: number;
  ExcludePunctuation?: boolean;
  ExcludeCharacters?: string;
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PUNCTUATION = '!#$%&()*+,-./:;<=>?@[]^_{|}~';

/** A secret value as Secrets Manager generates it, of 32 characters by default. */
export function generatedSecret(generator: SecretGenerator): string {
  const excluded = new Set(generator.ExcludeCharacters ?? '');
  const alphabet = `${LETTERS_AND_DIGITS}${generator.ExcludePunctuation ? '' : PUNCTUATION}`;
  const characters = [...alphabet].filter((character) => !excluded.has(character));
  const length = generator.PasswordLength ?? 32;
  const password = Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
  if (!generator.GenerateStringKey) return password;
  const template = JSON.parse(generator.SecretStringTemplate ?? '{}') as Record<string, unknown>;
  return JSON.stringify({ ...template, [generator.GenerateStringKey]: password });
}
