/** A number of things for a sentence: `1 unit`, `2 units`. */
export function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

export function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
