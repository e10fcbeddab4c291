import type { Sourcing } from '../../events/vocabulary.ts';

type Filling = Sourcing['candidates'][number]['fills'];

const rules = { s: 'single_location', f: 'fewest_locations', o: 'only_choice' } as const;
const tieBreaks = { p: 'priority', d: 'distance', o: 'order' } as const;
const fillings = { a: 'all', p: 'part', n: 'none', u: 'assumed' } as const;

/**
 * A sourcing as short text, so that a reservation stays within 1 kB, such as `s;p;*BER:10:3:a;VIE:20::p`. The parts are the
 * rule, the tie break, and for each candidate its location (after `*` if it was chosen), its priority, its distance in
 * kilometers and how much of the order it can fill.
 */
export function sourcingText({ candidates, chosen, rule, tieBreak }: Sourcing): string {
  const each = candidates.map(({ location, priority, distanceKm = '', fills }) => {
    const mark = chosen.includes(location) ? '*' : '';
    return `${mark}${location}:${priority}:${distanceKm}:${letterOf(fillings, fills)}`;
  });
  return [letterOf(rules, rule), tieBreak === undefined ? '' : letterOf(tieBreaks, tieBreak), ...each].join(';');
}

/** The reverse of {@link sourcingText}. @throws Error when the text was not made by it. */
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
  if (word === undefined) throw new Error(`no sourcing can be read from: ${text}`);
  return word;
}
