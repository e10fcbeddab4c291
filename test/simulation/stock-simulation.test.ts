import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runStory } from './stock-end.ts';
import { describeStory, stockStory } from './stock-story.ts';

/** Operations of the default run; set by the environment for a longer search. */
const wantedOperations = Number(process.env.HOLDFAST_STOCK_OPERATIONS ?? 60_000);
/** A failure is repeatable by the seed that is printed with it. */
const seed = Number(process.env.HOLDFAST_STOCK_SEED ?? 20_261_122);
const longest = 300;
const timeoutMs = 60_000 + wantedOperations * 5;

/** Stories with backorders take longer, because consumers of the stream run beside the operations. */
const wantedWithBackorders = Math.ceil(wantedOperations / 16);

describe('the stock, with faults of every kind', () => {
  it(`keeps its rules in ${wantedOperations} operations`, { timeout: timeoutMs }, () => run(wantedOperations));

  it(`keeps its rules in ${wantedWithBackorders} operations with backorders`, { timeout: timeoutMs }, () =>
    run(wantedWithBackorders, { backorders: true }),
  );
});

async function run(wanted: number, kind: { readonly backorders?: boolean } = {}): Promise<void> {
  let operations = 0;
  const story = fc.asyncProperty(stockStory(longest, kind), async (each) => {
    const { operations: carriedOut, wrong } = await runStory(each);
    operations += carriedOut;
    expect(wrong, describeStory(each)).toEqual([]);
  });
  for (let round = 0; operations < wanted; round++) {
    await fc.assert(story, { seed: seed + round, numRuns: 25, interruptAfterTimeLimit: 60_000 });
  }
  console.log(`stock simulation: ${operations} operations, seed ${seed}`);
  expect(operations).toBeGreaterThanOrEqual(wanted);
}
