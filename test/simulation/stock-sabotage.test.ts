import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runStory } from './stock-end.ts';
import { sabotages } from './stock-sabotage.ts';
import { stockStory } from './stock-story.ts';

/** Stories that are run until one goes wrong: each sabotage is found within a few thousand operations. */
const stories = fc.sample(stockStory(300), { numRuns: 60, seed: 1 });

describe('the rules of the stock simulation notice', () => {
  it('nothing without sabotage', { timeout: 120_000 }, async () => {
    for (const story of stories) expect((await runStory(story)).wrong).toEqual([]);
  });

  it.each(Object.entries(sabotages))('%s', { timeout: 120_000 }, async (_, sabotage) => {
    const found: string[] = [];
    for (const story of stories) {
      const { wrong } = await runStory(story, sabotage);
      found.push(...wrong);
      if (found.length > 0) break;
    }
    expect(found).not.toEqual([]);
  });
});
