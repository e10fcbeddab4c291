/** The text of a request's body, or undefined when its bytes are not UTF-8. */
export function bodyText(body: string | undefined, isBase64: boolean): string | undefined {
  if (body === undefined) return '';
  return isBase64 ? decoded(body) : undamaged(body);
}

function decoded(base64: string): string | undefined {
  try {
    // Removes a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

/**
 * A gateway passes JSON on as text, in which every byte that is not UTF-8 has become a replacement character. What the
 * client sent cannot be recovered from it.
 */
function undamaged(text: string): string | undefined {
  if (text.includes('\ufffd')) return undefined;
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
