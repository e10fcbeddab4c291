import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../bench/replay/superstore.ts';

describe('a CSV file is read as RFC 4180 defines it', () => {
  test.each([
    ['plain fields', 'x,y\na,b\nc,d\n', ['a,b', 'c,d']],
    ['lines that end with CRLF', 'x,y\r\na,b\r\nc,d\r\n', ['a,b', 'c,d']],
    ['a last line without a line break', 'x,y\na,b\nc,d', ['a,b', 'c,d']],
    ['commas, line breaks and quotes inside quotes', 'x,y\n"a,1","b\r\n""2"""\n', ['a,1,b\r\n"2"']],
    ['empty fields, quoted or not', 'x,y\n,""\n', [',']],
    ['a comma as the last character', 'x,y\na,', ['a,']],
    ['a byte order mark', '\uFEFFx,y\na,b\n', ['a,b']],
    ['no rows', 'x,y\n', []],
    ['no text', '', []],
  ])('%s', (_, csv, expected) => {
    expect(rowsOf(csv).map(({ x, y }) => `${x},${y}`)).toEqual(expected);
  });

  test.each([
    ['a quote that is not closed', 'x,y\na,"b\n', 'Quote Not Closed'],
    ['text after a closed quote', 'x,y\n"a"b,c\n', 'Invalid Closing Quote'],
    ['a quote inside a plain field', 'x,y\n3" pipe,c\n', 'Invalid Opening Quote'],
    ['a row with a field too few', 'x,y\n1\n', 'Invalid Record Length'],
    ['a row with a field too many', 'x,y\n1,2,3\n', 'Invalid Record Length'],
  ])('%s is refused', (_, csv, message) => {
    expect(() => rowsOf(csv)).toThrow(message);
  });
});
