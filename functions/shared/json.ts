/**
 * The value of a JSON text, or undefined when the text is not JSON. Every caller parses the value with a schema that
 * refuses undefined.
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
