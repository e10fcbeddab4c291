import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withFittingTitles } from '../../../../functions/orders/domain/fitting-titles.ts';

const bytesOf = (lines: readonly { title: string }[]) =>
  lines.reduce((sum, { title }) => sum + Buffer.byteLength(JSON.stringify(title)), 0);
const lines = (count: number, title: string) => Array.from({ length: count }, (_, index) => ({ index, title }));

describe('the titles of an order', () => {
  it.each([
    [50, '漢'],
    [50, '"'],
    [500, 'a'],
  ])('of %i lines with 180 times %s stay whole', (count, letter) => {
    const all = lines(count, letter.repeat(180));
    expect(withFittingTitles(all)).toBe(all);
  });

  it('that are too long together are cut to one length, and end in an ellipsis; shorter ones stay whole', () => {
    const all = [...lines(400, '漢'.repeat(200)), ...lines(100, 'Mug')];
    const fitting = withFittingTitles(all);
    const long = new Set(fitting.slice(0, 400).map(({ title }) => title));
    expect([...long]).toEqual([expect.stringMatching(/^漢{60,}…$/)]);
    expect(new Set(fitting.slice(400).map(({ title }) => title))).toEqual(new Set(['Mug']));
  });

  it('fit together, whatever they are, and none is split within a letter', () => {
    const title = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(
        fc.array(title, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        (titles, times) => {
          const all = titles.flatMap((each) => lines(times, each.repeat(8)));
          const fitting = withFittingTitles(all);
          expect(bytesOf(fitting)).toBeLessThanOrEqual(95_000);
          for (const [index, each] of fitting.entries()) {
            expect(each.title.isWellFormed()).toBe(all[index]?.title.isWellFormed());
            expect(all[index]?.title.startsWith(each.title.replace(/…$/, '')) || each.title === all[index]?.title).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
