import type { Sourcing } from '../../events/vocabulary.ts';

type Filling = Sourcing['candidates'][number]['fills'];

const rules = { s: 'single_location', f: 'fewest_locations', o: 'only_choice' } as const;
const tieBreaks = { p: 'priority', d: 'distance', o: 'order' } as const;
const fillings = { a: 'all', p: 'part', n: 'none', u: 'assumed' } as const;

/**
 * Encodes a sourcing as short text, because a reservation should not exceed one kilobyte: rule, tie break and then each
 * candidate (chosen ones marked with `*`) with priority, kilometers and what it fills, such as
 * `s;p;*BER:10:3:a;VIE:20::p`.
 */
export function sourcingText({ candidates, chosen, rule, tieBreak }: Sourcing): string {
  const each = candidates.map(({ location, priority, distanceKm = '', fills }) => {
    const mark = chosen.includes(location) ? '*' : '';
    return `${mark}${location}:${priority}:${distanceKm}:${letterOf(fillings, fills)}`;
  });
  return [letterOf(rules, rule), tieBreak === undefined ? '' : letterOf(tieBreaks, tieBreak), ...each].join(';');
}

/**
 * Decodes the text of {@link sourcingText}.
 *
 * @throws Error for any other text.
 */
export function sourcingFrom(text: string): Sourcing {
  const [rule = '', tieBreak = '', ...each] = text.split(';');
  const chosen: string[] = [];
  const candidates = each.map((candidate) => {
    const [name = '', priority, distance = '', filling = ''] = candidate.split(':');
    const location = name.replace('*', '');
    if (name !== location) chosen.push(location);
    const distanceKm = distance === '' ? {} : { distanceKm: Number(distance) };
    return { location, priority: Number(priority), ...distanceKm, fills: wordOf<Filling>(fillings, filling, text) };
  });
  return {
    candidates,
    chosen,
    rule: wordOf(rules, rule, text),
    ...(tieBreak === '' ? {} : { tieBreak: wordOf(tieBreaks, tieBreak, text) }),
  };
}

function letterOf(words: Readonly<Record<string, string>>, word: string): string {
  return Object.keys(words).find((letter) => words[letter] === word) ?? '';
}

function wordOf<Word extends string>(words: Readonly<Record<string, Word>>, letter: string, text: string): Word {
  const word = words[letter];
  if (word === undefined) throw new Error(`no sourcing: ${text}`);
  return word;
}
