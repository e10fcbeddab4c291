const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The first `count` characters of a text as a reader counts them: neither an emoji nor an accented letter is split. */
export function firstCharacters(text: string, count: number): string {
  let end = 0;
  let seen = 0;
  for (const { segment } of segments.segment(text)) {
    if (seen === count) break;
    seen += 1;
    end += segment.length;
  }
  return text.slice(0, end);
}
