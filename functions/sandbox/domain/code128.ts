/**
 * Widths of the bars and gaps of every symbol of Code 128 (ISO/IEC 15417), bar first: values 0-102, then the starts of
 * the sets A, B and C. Eleven modules each.
 */
const symbols = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232'
).split(' ');

const startB = 104;
const startC = 105;
const stop = '2331112';
const checkModulus = 103;
/** Set B begins at the space. */
const firstCharacter = 32;
const lastCharacter = 126;

/** One bar of a bar code: where it begins and how wide it is, in modules. */
export interface Bar {
  readonly at: number;
  readonly width: number;
}

export interface Barcode {
  readonly bars: readonly Bar[];
  /** Total width in modules, without the quiet zones of ten modules on either side. */
  readonly modules: number;
}

/**
 * Encodes printable ASCII in set B, an even number of digits in set C at two to a symbol.
 *
 * @throws RangeError for other characters.
 */
export function code128(text: string): Barcode {
  const values = /^(\d\d)+$/.test(text) ? [startC, ...pairsOf(text)] : [startB, ...charactersOf(text)];
  const check = values.reduce((sum, value, position) => sum + value * Math.max(position, 1), 0) % checkModulus;
  const widths = [...values, check].map((value) => symbols[value] ?? '').join('') + stop;
  const bars: Bar[] = [];
  let at = 0;
  for (const [position, digit] of [...widths].entries()) {
    const width = Number(digit);
    if (position % 2 === 0) bars.push({ at, width });
    at += width;
  }
  return { bars, modules: at };
}

function pairsOf(digits: string): number[] {
  return (digits.match(/../g) ?? []).map(Number);
}

function charactersOf(text: string): number[] {
  return [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < firstCharacter || code > lastCharacter) throw new RangeError('Code 128 B holds printable ASCII only');
    return code - firstCharacter;
  });
}
