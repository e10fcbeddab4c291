import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backorderSabotages } from './backorder-sabotage.ts';
import { runStory } from './stock-end.ts';
import { sabotages } from './stock-sabotage.ts';
import { type StockStory, stockStory } from './stock-story.ts';
import type { Sabotage } from './stock-world.ts';

/** Stories that are run until one goes wrong: each sabotage is found within a few thousand operations. */
const stories = fc.sample(stockStory(300), { numRuns: 60, seed: 1 });
const withBackorders = fc.sample(stockStory(300, { backorders: true }), { numRuns: 40, seed: 1 });

describe('the rules of the stock simulation notice', () => {
  it('nothing without sabotage', { timeout: 120_000 }, async () => {
    for (const story of stories) expect((await runStory(story)).wrong).toEqual([]);
  });

  it.each(Object.entries(sabotages))('%s', { timeout: 120_000 }, async (_, sabotage) => {
    expect((await firstFound(stories, sabotage)).wrong).not.toEqual([]);
  });
});

describe('the rules of the backorder queues notice', () => {
  it.each(Object.entries(backorderSabotages))('%s', { timeout: 120_000 }, async (_, sabotage) => {
    const { story, wrong } = await firstFound(withBackorders, sabotage);
    expect(wrong).not.toEqual([]);
    if (story !== undefined) expect((await runStory(story)).wrong).toEqual([]);
  });
});

/** The first story that goes wrong with a sabotage, and what the rules notice. */
async function firstFound(some: readonly StockStory[], sabotage: Sabotage) {
  for (const story of some) {
    const { wrong } = await runStory(story, sabotage);
    if (wrong.length > 0) return { story, wrong };
  }
  return { story: undefined, wrong: [] };
}
