import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { decodeCursor, encodeCursor } from '../../../functions/shared/cursor.ts';
import { isRefusal } from '../../../functions/shared/kernel/refusal.ts';

const place = z.strictObject({ sku: z.string(), page: z.int() });

describe('a cursor', () => {
  it('decodes to the position that was encoded', () => {
    fc.assert(
      fc.property(fc.record({ sku: fc.string({ unit: 'grapheme' }), page: fc.integer() }), (start) => {
        expect(decodeCursor(place, encodeCursor(start))).toEqual(start);
      }),
    );
  });

  it('needs no escaping in a query string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (sku) => {
        const cursor = encodeCursor({ sku, page: 1 });
        expect(encodeURIComponent(cursor)).toBe(cursor);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['text that is not base 64', '%%%%'],
    ['text that is not JSON', Buffer.from('hello').toString('base64url')],
    ['a cut cursor', encodeCursor({ sku: 'A', page: 1 }).slice(0, -6)],
    ['a cursor of another list', encodeCursor({ placedKey: '2026' })],
    ['a cursor with more in it', encodeCursor({ sku: 'A', page: 1, table: 'Orders' })],
    ['a value of another type', encodeCursor({ sku: 'A', page: '1' })],
  ])('is refused when it is %s', (_, text) => {
    const answer = decodeCursor(place, text);
    expect(isRefusal(answer) && answer.refused.code).toBe('INVALID_CURSOR');
  });

  it('never faults, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(isRefusal(decodeCursor(place, text))).toBe(true);
      }),
    );
  });
});
