import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tell } from './stock-end.ts';
import { sabotages } from './stock-sabotage.ts';
import { stockStory } from './stock-story.ts';

/** Stories told until one goes wrong: each way of breaking the algorithm is found within a few thousand operations. */
const stories = fc.sample(stockStory(300), { numRuns: 60, seed: 1 });

describe('the rules of the stock simulation notice', () => {
  it('nothing where nothing is broken', { timeout: 120_000 }, async () => {
    for (const story of stories) expect((await tell(story)).wrong).toEqual([]);
  });

  it.each(Object.entries(sabotages))('%s', { timeout: 120_000 }, async (_, sabotage) => {
    const found: string[] = [];
    for (const story of stories) {
      const { wrong } = await tell(story, sabotage);
      found.push(...wrong);
      if (found.length > 0) break;
    }
    expect(found).not.toEqual([]);
  });
});
