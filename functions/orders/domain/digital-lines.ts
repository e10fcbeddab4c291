interface MaybeDigital {
  readonly digital?: true | undefined;
}

/** The lines whose units come from stock and are shipped. */
export function shippedLines<Line extends MaybeDigital>(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ digital }) => digital !== true);
}

/** The lines whose units need neither stock nor shipping. */
export function digitalLines<Line extends MaybeDigital>(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ digital }) => digital === true);
}
