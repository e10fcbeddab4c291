/** What the text says, or undefined when it is not JSON: whoever parses the value refuses undefined anyway. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
