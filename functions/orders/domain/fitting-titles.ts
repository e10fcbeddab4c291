import { firstCharacters } from '../../shared/kernel/characters.ts';

/**
 * Most bytes of the titles of one order, as JSON. The event that places an order of the most lines, with the longest SKUs
 * and amounts, then stays below the 240 kB that fit on the bus. Titles of 180 letters without accents always fit.
 */
const maxTitlesBytes = 95_000;
const ellipsis = '…';

/**
 * The lines with titles that fit together into the order's event. Where they do not, the longest are cut to one length and
 * end in an ellipsis. The title of an order is a copy for its readers; the catalog keeps the whole.
 */
export function withFittingTitles<Line extends { readonly title: string }>(lines: readonly Line[]): readonly Line[] {
  const sizes = lines.map(({ title }) => bytesOf(title));
  if (sum(sizes) <= maxTitlesBytes) return lines;
  const most = longestAllowed(sizes);
  return lines.map((line, index) => ((sizes[index] ?? 0) <= most ? line : { ...line, title: cut(line.title, most) }));
}

/** The length to which the longest titles are cut: what the shorter ones leave is shared by the longer ones. */
function longestAllowed(sizes: readonly number[]): number {
  let left = maxTitlesBytes;
  const ascending = [...sizes].sort((a, b) => a - b);
  for (const [index, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (size > share) return share;
    left -= size;
  }
  return left;
}

function cut(title: string, most: number): string {
  let kept = title;
  for (let count = title.length; count > 0 && bytesOf(kept + ellipsis) > most; ) {
    count = Math.min(count - 1, Math.floor((count * most) / bytesOf(kept)));
    kept = firstCharacters(title, count);
  }
  return kept.trimEnd() + ellipsis;
}

const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify(text));

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
