import { describe, expect, test } from 'vitest';
import { code128 } from '../../../../functions/sandbox/adapters/code128.ts';
import { labelOf } from '../../../../functions/sandbox/adapters/label.ts';
import { pdfOfPage, widthOf, wrapped } from '../../../../functions/sandbox/adapters/pdf.ts';
import type { NewParcel, Parcel } from '../../../../functions/sandbox/domain/parcel.ts';
import { viewPdf } from '../../../support/pdf-viewer.ts';

const parcel: Parcel = {
  id: `shp_${'1'.repeat(32)}`,
  reference: 'ref',
  orderId: '',
  shipmentId: '',
  status: 'bought',
  carrier: 'SandboxPost',
  service: 'Priority',
  trackingCode: '9400776410043463184331',
  labelUrl: '',
  toCountry: 'DE',
  fromCountry: 'DE',
  createdAt: '2026-11-22T10:00:00.000Z',
  boughtAt: '2026-11-22T10:00:00.000Z',
  details: '',
};

const details: NewParcel = {
  to_address: { name: 'Zoë (Łucja) O\\Neill', street1: 'Ring 7', city: 'Köln', zip: '50667', country: 'DE' },
  from_address: { name: 'Warehouse', street1: 'Lager 1', city: 'Berlin', zip: '10115', country: 'DE' },
  parcel: { weight: 12.3 },
  options: { print_custom_1: 'ord_1' },
};

const textOf = (pdf: Uint8Array) => Buffer.from(pdf).toString('latin1');

/** Reads the objects of a PDF like a viewer: from its end, through the table of offsets. */
function objectsOf(pdf: Uint8Array): Map<number, string> {
  const file = textOf(pdf);
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
  const [, count = '', rows = ''] = /^xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] \n)+)trailer/.exec(file.slice(start)) ?? [];
  const offsets = rows.split('\n').filter((row) => row.includes(' n '));
  expect(offsets).toHaveLength(Number(count) - 1);
  return new Map(
    offsets.map((row, index) => {
      const object = file.slice(Number(row.slice(0, 10)));
      expect(object.startsWith(`${index + 1} 0 obj\n`)).toBe(true);
      return [index + 1, object.slice(0, object.indexOf('endobj'))];
    }),
  );
}

describe('a label', () => {
  test('is a PDF of one page of 4 by 6 inches with a correct table of offsets', () => {
    const pdf = labelOf(parcel, details);
    expect(textOf(pdf).slice(0, 9)).toBe('%PDF-1.4\n');
    const objects = objectsOf(pdf);
    expect(objects.get(1)).toContain('/Type /Catalog');
    expect(objects.get(2)).toContain('/Count 1');
    expect(objects.get(3)).toContain('/MediaBox [0 0 288 432]');
    const [, length = '', content = ''] =
      /\/Length (\d+) >>\nstream\n([\s\S]*)\nendstream/.exec(objects.get(4) ?? '') ?? [];
    expect(content).toHaveLength(Number(length));
  });

  test('opens in a viewer, and a scanner reads the tracking code from the printed bar code', async () => {
    const page = await viewPdf(labelOf({ ...parcel, status: 'refunded' }, details));
    expect(page).toMatchObject({ width: 288, height: 432, pageCount: 1 });
    expect(page.barcodes).toEqual([{ format: 'Code128', text: parcel.trackingCode }]);
    for (const text of ['SandboxPost', 'Zoë (Lucja) O\\Neill', '50667 Köln', '9400 7764 1004 3463 1843 31', 'VOID']) {
      expect(page.text).toContain(text);
    }
  });

  test('carries both addresses, the tracking code and the order', () => {
    const pdf = textOf(labelOf(parcel, details));
    for (const text of ['Ring 7', '50667 Köln', 'Warehouse', 'Lager 1', '9400 7764 1004 3463 1843 31', 'REF ord_1']) {
      expect(pdf).toContain(`(${text})`);
    }
  });

  test('prints any name: delimiters are escaped, characters that the font lacks are replaced', () => {
    expect(textOf(labelOf(parcel, details))).toContain('(Zoë \\(Lucja\\) O\\\\Neill)');
    const name = (text: string) =>
      /\(([^)]*)\) Tj/.exec(textOf(pdfOfPage(10, 10, (page) => page.text(0, 0, 8, text))))?.[1];
    expect(name('Đặng')).toBe('Dang');
    expect(name('Čapek')).toBe('Capek');
    expect(name('李')).toBe('?');
    expect(name('5 €')).toBe('5 \x80');
    expect(name('a\nb')).toBe('a?b');
  });

  test('keeps the longest address on the page', () => {
    const long = 'x'.repeat(200);
    const address = {
      name: long,
      street1: long,
      street2: long,
      city: long,
      state: long,
      zip: 'z'.repeat(16),
      country: 'DE',
    };
    const pdf = textOf(labelOf(parcel, { ...details, to_address: address, from_address: address }));
    for (const [, text = ''] of pdf.matchAll(/\((x+…?|x+\x85)\) Tj/g)) expect(widthOf(text, 8)).toBeLessThan(288);
    const lowest = Math.min(
      ...[...pdf.matchAll(/BT \/F\d 13 Tf [\d.]+ ([\d.]+) Td/g)].map((match) => Number(match[1])),
    );
    expect(lowest).toBeGreaterThan(432 - 276);
  });
});

describe('wrapping', () => {
  test('breaks between words, and inside a word that is too long', () => {
    expect(wrapped('one two three', 10, 50, 5)).toEqual(['one two', 'three']);
    expect(wrapped('aaaaaaaaaaaaaaaaaa', 10, 50, 5).join('')).toBe('aaaaaaaaaaaaaaaaaa');
  });

  test('marks a cut text with an ellipsis', () => {
    expect(wrapped('one two three four five', 10, 50, 2)).toHaveLength(2);
    expect(wrapped('one two three four five', 10, 50, 2)[1]).toMatch(/…$/);
  });

  test('cuts no character in half', () => {
    const cut = wrapped('😀'.repeat(60), 10, 50, 2).join('');
    expect([cut.isWellFormed(), cut.endsWith('😀…')]).toEqual([true, true]);
  });
});

describe('Code 128', () => {
  /** Modules of a bar code as text: `1` for black. */
  const modulesOf = (text: string) => {
    const { bars, modules } = code128(text);
    const painted = Array.from({ length: modules }, () => '0');
    for (const { at, width } of bars) painted.fill('1', at, at + width);
    return painted.join('');
  };

  test('writes pairs of digits in set C: start, pairs, check symbol, stop', () => {
    // 105 + 1*12 + 2*34 = 185, and 185 mod 103 = 82.
    const [startC, twelve, thirtyFour, check] = ['11010011100', '10110011100', '10001011000', '10010011110'];
    expect(modulesOf('1234')).toBe(`${startC}${twelve}${thirtyFour}${check}1100011101011`);
  });

  test('writes other text in set B', () => {
    // 104 + 1*33 ("A") = 137, and 137 mod 103 = 34.
    const [startB, letterA, check] = ['11010010000', '10100011000', '10001011000'];
    expect(modulesOf('A')).toBe(`${startB}${letterA}${check}1100011101011`);
  });

  test('gives every symbol eleven modules and no two symbols the same bars', () => {
    const symbols = Array.from({ length: 95 }, (_, index) => modulesOf(String.fromCharCode(32 + index)).slice(11, 22));
    expect(new Set(symbols).size).toBe(95);
    for (const symbol of symbols) expect(symbol).toMatch(/^1[01]{9}0$/);
  });

  test('refuses characters other than printable ASCII', () => {
    expect(() => code128('ä')).toThrow(RangeError);
    expect(() => code128('')).toThrow(RangeError);
  });
});
