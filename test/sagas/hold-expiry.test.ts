import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forward, wayBack } from './definitions.ts';
import { Stage } from './stage.ts';
import type { SteppedRun } from './stepped-run.ts';

/** Long enough for the preceding steps, short enough for a test. */
const holdSeconds = 1;

let stage: Stage;
beforeAll(async () => {
  stage = (await Stage.open({ environment: { HOLD_SECONDS: `${holdSeconds}` } })).holdStarts('StartOrderSaga');
}, Stage.openingMs);
afterAll(() => stage.close());

async function expire(run: SteppedRun, stepsBefore: number): Promise<void> {
  for (let step = 0; step < stepsBefore; step++) await run.step();
  await sleep(holdSeconds * 1_000 + 50);
}

const tidied = [
  { tidy: 'before any sweep', sweep: async () => undefined },
  { tidy: 'after a sweep that released it', sweep: () => stage.local.invoke('ResumeUnfinished', {}) },
];

describe.concurrent.each(tidied)('a hold expires while the saga runs, $tidy', ({ sweep }) => {
  test.each([1, 2, 3])('after %i steps: the order is rejected and everything is undone', async (steps) => {
    const trial = await stage.trial();
    await trial.place();
    const run = await trial.steppedRun();
    await expire(run, steps);
    await sweep();
    expect(await run.finish()).toMatchObject({
      status: 'succeeded',
      steps: [...forward, ...wayBack],
    });
    const { order } = await trial.leftNothing();
    expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'HOLD_EXPIRED' } });
  });

  test.each([1, 2, 3])(
    'a crash ended the saga after %i steps, and it is restarted from its start: everything is undone',
    async (steps) => {
      const trial = await stage.trial();
      await trial.place();
      await expire(await trial.steppedRun(), steps);
      await sweep();
      expect((await (await trial.steppedRun()).finish()).status).toBe('succeeded');
      const { order } = await trial.leftNothing();
      expect(order).toMatchObject({ status: 'rejected', rejection: { code: 'HOLD_EXPIRED' } });
    },
  );

  test('the hold of a confirmed order does not expire', async () => {
    const trial = await stage.trial();
    await trial.place();
    await expire(await trial.steppedRun(), forward.length);
    await sweep();
    expect((await trial.balanced()).order.status).toBe('confirmed');
  });
});
