export type Font = 'regular' | 'bold';

/**
 * Draws on one page. Coordinates are in points (1/72 inch) from the upper left corner; the position of a text is the left
 * end of its baseline.
 */
export interface Page {
  text(x: number, y: number, size: number, text: string, font?: Font): void;
  box(x: number, y: number, width: number, height: number): void;
  line(x1: number, y1: number, x2: number, y2: number, width?: number): void;
}

const fonts = { regular: { name: 'F1', base: 'Helvetica' }, bold: { name: 'F2', base: 'Helvetica-Bold' } } as const;

/** Letters and punctuation that Windows-1252 has in addition to Latin-1. */
const beyondLatin1: Readonly<Record<string, number>> = {
  '€': 0x80,
  '‚': 0x82,
  '„': 0x84,
  '…': 0x85,
  Š: 0x8a,
  Œ: 0x8c,
  Ž: 0x8e,
  '‘': 0x91,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '•': 0x95,
  '–': 0x96,
  '—': 0x97,
  š: 0x9a,
  œ: 0x9c,
  ž: 0x9e,
  Ÿ: 0x9f,
};

/** Replacements for letters that Unicode does not decompose into a base letter and an accent. */
const plain: Readonly<Record<string, string>> = { Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', ı: 'i', ẞ: 'ß' };

/**
 * Creates a PDF 1.4 of one page with the standard fonts Helvetica and Helvetica-Bold, which viewers provide. Written by
 * hand because a PDF library alone exceeds the size budget of a function (docs/decisions/0020).
 */
export function pdfOfPage(width: number, height: number, draw: (page: Page) => void): Uint8Array {
  const content = contentOf(height, draw);
  const fontObjects = Object.values(fonts).map(
    ({ base }) => `<< /Type /Font /Subtype /Type1 /BaseFont /${base} /Encoding /WinAnsiEncoding >>`,
  );
  const fontNames = Object.values(fonts).map(({ name }, index) => `/${name} ${index + 5} 0 R`);
  return assemble([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R /Resources << /Font << ${fontNames.join(' ')} >> >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ...fontObjects,
  ]);
}

function contentOf(height: number, draw: (page: Page) => void): string {
  const operations: string[] = [];
  const flip = (y: number) => number(height - y);
  draw({
    text(x, y, size, text, font = 'regular') {
      operations.push(`BT /${fonts[font].name} ${size} Tf ${number(x)} ${flip(y)} Td (${escaped(text)}) Tj ET`);
    },
    box(x, y, width, boxHeight) {
      operations.push(`${number(x)} ${flip(y + boxHeight)} ${number(width)} ${number(boxHeight)} re f`);
    },
    line(x1, y1, x2, y2, width = 1) {
      operations.push(`${number(width)} w ${number(x1)} ${flip(y1)} m ${number(x2)} ${flip(y2)} l S`);
    },
  });
  return operations.join('\n');
}

/** Joins the objects into a file. Each character stands for one byte, so string positions are file offsets. */
function assemble(objects: readonly string[]): Uint8Array {
  // Bytes above 127 in the second line mark the file as binary for transfer programs.
  let file = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const crossReference = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const offset of offsets) file += `${String(offset).padStart(10, '0')} 00000 n \n`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${crossReference}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/**
 * The content of a PDF string in Windows-1252. A character outside of it is replaced by its base letter, or by `?` when it
 * has none.
 */
function escaped(text: string): string {
  return [...text.normalize('NFC')]
    .map((character) => winAnsi(character) ?? winAnsi(plain[character] ?? character.normalize('NFD').charAt(0)) ?? '?')
    .join('')
    .replace(/[\\()]/g, '\\$&');
}

function winAnsi(character: string): string | undefined {
  const code = beyondLatin1[character] ?? character.codePointAt(0) ?? 0;
  if (beyondLatin1[character] !== undefined) return String.fromCharCode(code);
  const printable = (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff);
  return printable ? character : undefined;
}

/** Estimated width of a text in points, from average widths of four groups of characters. */
export function widthOf(text: string, size: number, font: Font = 'regular'): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * size * (font === 'bold' ? 1.04 : 1);
}

function emsOf(character: string): number {
  if (/[ijl.,:;'|!()[\] ft]/.test(character)) return 0.3;
  if (/[mwMW@%]/.test(character)) return 0.9;
  return /[A-Z]/.test(character) ? 0.72 : 0.56;
}

/** Breaks a text into at most `maxLines` lines that fit the width in points; a last line that was cut ends in `…`. */
export function wrapped(text: string, size: number, width: number, maxLines: number, font: Font = 'regular'): string[] {
  const lines: string[] = [];
  let line = '';
  const fits = (candidate: string) => widthOf(candidate, size, font) <= width;
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && fits(`${line} ${word}`)) line += ` ${word}`;
    else {
      if (line !== '') lines.push(line);
      line = '';
      for (const letter of word) {
        if (!fits(line + letter)) {
          lines.push(line);
          line = '';
        }
        line += letter;
      }
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= maxLines) return lines;
  const cut = Array.from(lines[maxLines - 1] ?? '').slice(0, -1);
  return [...lines.slice(0, maxLines - 1), `${cut.join('')}…`];
}
