import { describe, expect, test } from 'vitest';
import { parseCsv, parseCsvObjects } from '../../bench/replay/csv.ts';

const records = (text: string) => [...parseCsv(text)];

describe('a CSV file is read as RFC 4180 defines it', () => {
  test.each([
    [
      'plain fields',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'lines that end with CRLF',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a last line without its end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['commas, line breaks and quotes inside quotes', '"a,1","b\r\n2","say ""hi"""\n', [['a,1', 'b\r\n2', 'say "hi"']]],
    ['empty fields, quoted or not', ',"",\n', [['', '', '']]],
    ['a comma as the very last character', 'a,', [['a', '']]],
    ['a quote in the middle of a plain field', '3" pipe,x\n', [['3" pipe', 'x']]],
    ['a byte order mark', '\uFEFFa,b\n', [['a', 'b']]],
    ['no text at all', '', []],
  ])('%s', (_, text, expected) => {
    expect(records(text)).toEqual(expected);
  });

  test('a quote that is never closed is refused', () => {
    expect(() => records('a,"b\n')).toThrow('never closed');
  });

  test('text after a closed quote is refused', () => {
    expect(() => records('"a"b\n')).toThrow('unexpected text');
  });
});

describe('records are named by the first line', () => {
  test('fields go by their column', () => {
    expect([...parseCsvObjects('x,y\n1,2\n')]).toEqual([{ x: '1', y: '2' }]);
  });

  test('a record with a field too few is refused', () => {
    expect(() => [...parseCsvObjects('x,y\n1\n')]).toThrow('1 fields, not 2');
  });
});
