/** A number from 0 to 2^32 - 1 that depends on the text alone and spreads texts that differ little (FNV-1a). */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position++) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  return hash >>> 0;
}
