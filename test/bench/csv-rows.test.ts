import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../bench/replay/file/csv-rows.ts';
import { FileError, type Row } from '../../bench/replay/file/row.ts';
import { writeFile } from '../support/sale-files.ts';

async function rowsIn(content: string | Uint8Array, columns = ['x', 'y']): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of rowsOf(writeFile(content), columns)) rows.push(row);
  return rows;
}

describe('a CSV file is read as RFC 4180 defines it', () => {
  test.each([
    ['plain fields', 'x,y\na,b\nc,d\n', ['a,b', 'c,d']],
    ['lines that end with CRLF', 'x,y\r\na,b\r\nc,d\r\n', ['a,b', 'c,d']],
    ['a last line without a line break', 'x,y\na,b\nc,d', ['a,b', 'c,d']],
    ['commas, line breaks and quotes inside quotes', 'x,y\n"a,1","b\r\n""2"""\n', ['a,1,b\r\n"2"']],
    ['empty fields, quoted or not', 'x,y\n,""\n', ['-,-']],
    ['empty lines', 'x,y\n\na,b\n\n', ['a,b']],
    ['a byte order mark', '\uFEFFx,y\na,b\n', ['a,b']],
    ['columns in another order, with other capitals', 'Y ,X\nb,a\n', ['a,b']],
    ['no rows', 'x,y\n', []],
  ])('%s', async (_, csv, expected) => {
    const rows = await rowsIn(csv);
    expect(rows.map((row) => `${row.optional('x') ?? '-'},${row.optional('y') ?? '-'}`)).toEqual(expected);
  });

  test('a row knows its line, also behind a field with line breaks', async () => {
    expect((await rowsIn('x,y\n1,"a\nb\nc"\n2,d\n')).map(({ line }) => line)).toEqual([2, 5]);
  });
});

describe('a file that cannot be read is refused with its name, line and column', () => {
  test.each([
    ['a quote that is not closed', 'x,y\na,b\nc,"d\n', /csv, line 3, column y: is not CSV \(Quote Not Closed/],
    ['text after a closed quote', 'x,y\n"a"b,c\n', /csv, line 2, column x: is not CSV \(Invalid Closing Quote/],
    ['a quote inside a plain field', 'x,y\nc,3" pipe\n', /csv, line 2, column y: is not CSV \(Invalid Opening Quote/],
    ['a column too few', 'x,y\n1,2\n1\n', /csv, line 3: the row has 1 columns and the first line has 2$/],
    ['a column too many', 'x,y\n1,2,3\n', /csv, line 2: the row has 3 columns and the first line has 2$/],
    ['a missing column', 'x,z\n1,2\n', /csv, line 1: has no column y; it has x, z$/],
    ['another separator', 'x;y\n1;2\n', /csv, line 1: has no column x, y; it has x;y$/],
    ['a column twice', 'x,y,X\n1,2,3\n', /csv, line 1, column X: stands twice$/],
    ['no text', '', /csv: is empty$/],
    ['an image', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), /csv, line 1: is not a CSV file/],
    ['a spreadsheet', `PK\u0003\u0004\0\0xl,workbook\n${'\0'.repeat(100)}`, /csv, line 1: is not a CSV file/],
  ])('%s', async (_, content, message) => {
    const failure = await rowsIn(content).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(FileError);
    expect((failure as Error).message).toMatch(message);
  });

  test('a quote that is not closed in a large file does not collect the file', async () => {
    await expect(rowsIn(`x,y\n1,"${'a'.repeat(3 * 1024 * 1024)}`)).rejects.toThrow(/Max Record Size/);
  });

  test('a file that does not exist, and a directory', async () => {
    const read = async (file: string) => {
      for await (const _ of rowsOf(file, ['x'])) expect.fail('has a row');
    };
    await expect(read('/nowhere/sales.csv')).rejects.toThrow('/nowhere/sales.csv: cannot be read (ENOENT)');
    await expect(read(tmpdir())).rejects.toThrow('cannot be read (EISDIR)');
  });
});

describe('a value is checked where it is read', () => {
  const row = async (value: string | Uint8Array) => {
    const [first] = await rowsIn(typeof value === 'string' ? `x,y\n"${value}",1\n` : value);
    return first ?? expect.fail('no row');
  };

  test.each([
    ['12.5', (each: Row) => each.whole('x'), /line 2, column x: is no whole number: 12.5$/],
    ['1.2.3', (each: Row) => each.decimal('x'), /line 2, column x: is no number with at most twelve decimals: 1.2.3$/],
    ['1,50', (each: Row) => each.decimal('x'), /line 2, column x: is no number/],
    ['2011-02-30 10:00', (each: Row) => each.moment('x'), /line 2, column x: is no date/],
    ['yesterday', (each: Row) => each.moment('x'), /line 2, column x: is no date/],
    ['', (each: Row) => each.text('x'), /line 2, column x: is empty$/],
  ])('%j', async (value, read, message) => {
    const each = await row(value);
    expect(() => read(each)).toThrow(message);
  });

  test('bytes that are not UTF-8', async () => {
    const each = await row(Buffer.from('x,y\n\xa35 note,1\n', 'latin1'));
    expect(() => each.text('x')).toThrow(/line 2, column x: is not UTF-8 text$/);
  });

  test.each([
    ['2010-12-01 08:26:00', '2010-12-01 08:26:00'],
    ['2025-10-07 09:50:26 +0200', '2025-10-07 09:50:26'],
    ['2016-11-08', '2016-11-08 00:00:00'],
    ['12/1/2010 8:26', '2010-12-01 08:26:00'],
  ])('%s is the time %s', async (text, moment) => {
    expect((await row(text)).moment('x')).toBe(moment);
  });

  test('whole numbers may be negative and end with a zero fraction', async () => {
    expect((await row('-12')).whole('x')).toBe(-12);
    expect((await row('6.0')).whole('x')).toBe(6);
  });
});
