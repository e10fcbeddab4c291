/**
 * What DynamoDB and its clients say to each other is JSON in the very shape of the SDK's commands and answers; only bytes are
 * not, which go as base64. So text needs no schema to be written or read, unless there may be bytes in it.
 */

/** Where a value of bytes, or a set of them, begins. In the text of a string the quotes would be escaped. */
const mayHoldBytes = /"BS?":/;

/** @returns undefined for a command that may hold bytes: what makes JSON of it must know its schema. */
export function plainBody(input: object): string | undefined {
  const body = JSON.stringify(input);
  return mayHoldBytes.test(body) ? undefined : body;
}

/** @returns undefined for an answer that may hold bytes. */
export function plainAnswer(body: Uint8Array): object | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  return mayHoldBytes.test(text) ? undefined : (JSON.parse(text) as object);
}
