import JsBarcode from 'jsbarcode';

/** One bar of a bar code: its left edge and its width, in modules. */
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
 * Encodes text as Code 128 (ISO/IEC 15417).
 *
 * @throws RangeError for text that is empty or not printable ASCII.
 */
export function code128(text: string): Barcode {
  if (!/^[ -~]+$/.test(text)) throw new RangeError('a bar code holds printable ASCII only');
  // Given an object in place of an element, the library draws nothing and adds the symbol: one digit a module, 1 for black.
  const drawn: { encodings?: readonly { readonly data: string }[] } = {};
  JsBarcode(drawn, text, { format: 'CODE128' });
  const symbol = (drawn.encodings ?? []).map(({ data }) => data).join('');
  const bars = [...symbol.matchAll(/1+/g)].map((run) => ({ at: run.index, width: run[0].length }));
  return { bars, modules: symbol.length };
}
