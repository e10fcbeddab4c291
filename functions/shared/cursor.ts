import * as z from 'zod/mini';
import { readJson } from './json.ts';
import { type Refusal, refuse } from './kernel/refusal.ts';

/**
 * Encodes a position in a list as text. The text is neither encrypted nor signed: it must contain nothing that the client
 * may not see, and it must decide nothing but where reading continues.
 */
export function encodeCursor(position: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * Decodes a cursor. A client may send any text, so the schema should be strict.
 *
 * @returns the position, or a refusal for text that does not fit the schema.
 */
export function decodeCursor<S extends z.ZodMiniType>(
  schema: S,
  text: string,
): z.output<S> | Refusal<'INVALID_CURSOR'> {
  const parsed = z.safeParse(schema, readJson(Buffer.from(text, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  return refuse('INVALID_CURSOR', 'The cursor does not come from this list.');
}
