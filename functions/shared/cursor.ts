import * as z from 'zod/mini';
import { type Refusal, refuse } from './kernel/refusal.ts';

/**
 * Makes the text that stands for a place in a list. Opaque by agreement, not secret: it must hold nothing that its
 * reader may not see, and nothing is decided by it but where to read on.
 */
export function encodeCursor(place: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * Reads a cursor back. Whoever wrote it, what comes out has the schema's shape (make it strict).
 *
 * @returns the place, or a refusal for text that is no cursor of this list.
 */
export function decodeCursor<S extends z.ZodMiniType>(
  schema: S,
  text: string,
): z.output<S> | Refusal<'INVALID_CURSOR'> {
  const parsed = z.safeParse(schema, jsonIn(text));
  if (parsed.success) return parsed.data;
  return refuse('INVALID_CURSOR', 'The cursor is not one that this list gave out.');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
