import { describe, expect, it } from 'vitest';
import { sweepEach } from '../../../../functions/shared/kernel/sweep.ts';
import { reportSweep } from '../../../../functions/shared/report-sweep.ts';

async function* pages(...given: readonly (readonly string[])[]) {
  yield* given;
}

describe('a sweep of what is due', () => {
  it('processes every page, and counts the changes', async () => {
    const seen: string[] = [];
    const sweep = await sweepEach(pages(['a', 'b'], ['c']), async (id) => {
      seen.push(id);
      return id !== 'b';
    });
    expect(sweep).toEqual({ foundCount: 3, doneCount: 2, failed: [] });
    expect(seen.sort()).toEqual(['a', 'b', 'c']);
  });

  it('continues after a failure, and reports each failure', async () => {
    const reason = new Error('too little is reserved');
    const sweep = await sweepEach(pages(['a', 'b'], ['c']), async (id) => {
      if (id === 'a') throw reason;
      return true;
    });
    expect(sweep).toEqual({ foundCount: 3, doneCount: 2, failed: [{ id: 'a', reason }] });
    expect(() => reportSweep('holds', sweep)).toThrow('holds: 1 failed');
  });

  it('reports a failed search, after it has processed what was found', async () => {
    const reason = new Error('more than a run looks at');
    async function* endless() {
      yield ['a'];
      throw reason;
    }
    const sweep = await sweepEach(endless(), async () => true);
    expect(sweep).toEqual({ foundCount: 1, doneCount: 1, failed: [{ reason }] });
    expect(() => reportSweep('holds', sweep)).toThrow(AggregateError);
  });

  it('processes a bounded number at the same time', async () => {
    let open = 0;
    let most = 0;
    await sweepEach(pages(Array.from({ length: 40 }, (_, index) => String(index))), async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return true;
    });
    expect(most).toBe(8);
  });
});
