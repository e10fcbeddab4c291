import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { inParallel } from '../../bench/client/in-parallel.ts';
import { runs, timeLimitMs } from '../support/campaign.ts';
import { failures, forward, wayBack } from './definitions.ts';
import { sagaSeed } from './saga-seed.ts';
import { Stage } from './stage.ts';
import type { InjectedFault, SteppedRun } from './stepped-run.ts';
import type { Trial } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared('StartOrderSaga');
}, Stage.openingMs);

const longMs = 120_000;
const side = 4;

async function placed(setting: Parameters<Stage['trial']>[0] = {}): Promise<Trial> {
  const trial = await stage.trial(setting);
  await trial.place();
  return trial;
}

async function take(run: SteppedRun, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) await run.step();
}

describe.concurrent('a saga that crashed is run again from its start', () => {
  test.each([1, 2, 3, 4])('after %i steps forward: the order is confirmed once', async (steps) => {
    const trial = await placed();
    await take(await trial.steppedRun(), steps);
    const again = await (await trial.steppedRun()).finish();
    expect(again).toMatchObject({ status: 'succeeded', steps: forward });
    expect((await trial.balanced()).order).toMatchObject({ status: 'confirmed', version: 2 });
  });

  const turningPoints = forward.flatMap((step) =>
    (['fails', 'loses'] as const).flatMap((injectedFault) => wayBack.map((last) => ({ step, injectedFault, last }))),
  );
  test.each(turningPoints)(
    'during the undo after $step $injectedFault, after $last: everything is undone',
    async ({ step, injectedFault, last }) => {
      const trial = await placed();
      const crashed = await trial.steppedRun({ [step]: injectedFault });
      await take(crashed, forward.indexOf(step) + wayBack.indexOf(last) + 2);
      expect(crashed.steps.at(-1)).toBe(last);
      const again = await (await trial.steppedRun()).finish();
      expect(again.status).toBe('succeeded');
      if (step === 'ConfirmOrder' && injectedFault === 'loses') {
        expect((await trial.balanced()).order.status).toBe('confirmed');
        return;
      }
      const { order } = await trial.leftNothing();
      expect(order).toMatchObject({ status: 'rejected', rejection: { code: failures[step].code } });
    },
  );
});

describe.concurrent('the second run of a saga fails at an earlier step than the first one, which crashed', () => {
  const injectedFaults = forward.flatMap((step) =>
    (['fails', 'loses'] as const).map((injectedFault) => ({ step, injectedFault })),
  );
  test.each(injectedFaults)(
    '$step $injectedFault: the effects of the first run are undone too',
    async ({ step, injectedFault }) => {
      const trial = await placed();
      await take(await trial.steppedRun(), 3);
      const again = await (await trial.steppedRun({ [step]: injectedFault })).finish();
      expect(again.status).toBe('succeeded');
      if (step === 'ConfirmOrder' && injectedFault === 'loses') {
        expect((await trial.balanced()).order.status).toBe('confirmed');
        return;
      }
      const { order, payments, parcels } = await trial.leftNothing();
      expect(order).toMatchObject({ status: 'rejected', rejection: { code: failures[step].code } });
      expect(payments).toMatchObject([{ status: 'canceled' }]);
      expect(parcels).toMatchObject([{ status: 'refunded' }]);
    },
  );
});

describe.concurrent('a cancellation is requested while the saga runs', () => {
  const cancel = async (trial: Trial) => {
    const answer = await stage.shop.cancel(trial.orderId, trial.customer);
    expect(answer.status).toBe(202);
  };

  test.each([0, 1, 2, 3])(
    'after %i steps: the saga detects it at its last step and undoes everything',
    async (steps) => {
      const trial = await placed();
      const run = await trial.steppedRun();
      await take(run, steps);
      await cancel(trial);
      expect(await run.finish()).toMatchObject({ status: 'succeeded', steps: [...forward, ...wayBack] });
      const { order, events } = await trial.leftNothing();
      expect(order).toMatchObject({ status: 'cancelled', version: 3 });
      expect(events.map(({ type }) => type)).not.toContain('OrderConfirmed');
      expect(await stage.executions('CancellationSaga', trial.orderId)).toEqual([]);
    },
  );

  test('after the confirmation: the cancellation saga undoes it', async () => {
    const trial = await placed();
    await (await trial.steppedRun()).finish();
    expect(await trial.cancel()).toMatchObject({ status: 'SUCCEEDED' });
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });

  test.each([1, 2, 3, 4, 5, 6])('at the same time as the confirmation: the order is cancelled (%i)', async () => {
    const trial = await placed();
    const run = await trial.steppedRun();
    await take(run, 3);
    await Promise.all([run.step(), cancel(trial)]);
    await run.finish();
    const { events } = await trial.ledger();
    const confirmed = events.some(({ type }) => type === 'OrderConfirmed');
    if (confirmed) await stage.ended('CancellationSaga', trial.orderId);
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });

  test.each(wayBack.slice(0, 3))('while it undoes a failure, after %s: the order ends as cancelled', async (last) => {
    const trial = await placed();
    const run = await trial.steppedRun({ BookShipment: 'fails' });
    while (run.steps.at(-1) !== last) await run.step();
    await cancel(trial);
    await run.finish();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });
});

describe('two runs of one saga at the same time', () => {
  test('in every order of their steps, confirm the order once', { timeout: longMs }, async () => {
    // The runs are identical, so the first one may always begin.
    const schedules = mergesOf(forward.length - 1, forward.length).map((rest) => `a${rest}`);
    await inParallel(schedules, side, async (schedule) => {
      const trial = await placed();
      const [a, b] = await Promise.all([trial.steppedRun(), trial.steppedRun()]);
      for (const turn of schedule) await (turn === 'a' ? a : b).step();
      expect([(await a.finish()).status, (await b.finish()).status]).toEqual(['succeeded', 'succeeded']);
      const { order } = await trial.balanced();
      expect(order, schedule).toMatchObject({ status: 'confirmed', version: 2 });
    });
  });

  test('with faults, a cancellation and a crash anywhere, reach one consistent end', {
    timeout: timeLimitMs(longMs),
  }, async () => {
    const seed = sagaSeed();
    const stories = fc.sample(story, { numRuns: runs(40), seed });
    await inParallel(stories, side, async (each) => {
      const trial = await placed();
      const ended = await play(trial, each).catch((error: Error) => error);
      if (ended instanceof Error)
        throw new Error(`HOLDFAST_SAGA_SEED=${seed} ${JSON.stringify(each)}: ${ended.message}`, { cause: ended });
    });
  });
});

interface Story {
  /** The faults of the steps of each run. */
  readonly a: Readonly<Record<string, InjectedFault>>;
  readonly b: Readonly<Record<string, InjectedFault>>;
  /** The run that takes the next step, for each turn. */
  readonly turns: readonly ('a' | 'b' | 'cancel')[];
  /** Whether run `a` crashes after the turns and is run again from its start, or goes on. */
  readonly crash: boolean;
}

const injectedFaults = fc.dictionary(fc.constantFrom(...forward), fc.constantFrom<InjectedFault>('fails', 'loses'), {
  maxKeys: 1,
});
const turn = fc.oneof(
  { weight: 9, arbitrary: fc.constant<'a' | 'b'>('a') },
  { weight: 9, arbitrary: fc.constant<'a' | 'b'>('b') },
  { weight: 1, arbitrary: fc.constant<'cancel'>('cancel') },
);
const story: fc.Arbitrary<Story> = fc.record({
  a: injectedFaults,
  b: injectedFaults,
  turns: fc.array(turn, { minLength: 4, maxLength: 16 }),
  crash: fc.boolean(),
});

async function play(trial: Trial, { a, b, turns, crash }: Story): Promise<void> {
  const runs = { a: await trial.steppedRun(a), b: await trial.steppedRun(b) };
  for (const next of turns) {
    if (next === 'cancel') await stage.shop.cancel(trial.orderId, trial.customer);
    else await runs[next].step();
  }
  const last = crash ? await trial.steppedRun() : runs.a;
  expect((await runs.b.finish()).status).toBe('succeeded');
  expect((await last.finish()).status).toBe('succeeded');
  const { events } = await trial.ledger();
  const cancelledLate = events.some(
    ({ type, data }) => type === 'CancellationRequested' && 'from' in data && data.from !== 'placed',
  );
  if (cancelledLate) await stage.ended('CancellationSaga', trial.orderId);
  const { order } = await trial.balanced({ overlapping: true });
  expect(['confirmed', 'rejected', 'cancelled']).toContain(order.status);
}

/** All interleavings of so many steps of `a` and so many of `b`. */
function mergesOf(a: number, b: number): string[] {
  if (a === 0 || b === 0) return ['a'.repeat(a) + 'b'.repeat(b)];
  return [...mergesOf(a - 1, b).map((rest) => `a${rest}`), ...mergesOf(a, b - 1).map((rest) => `b${rest}`)];
}
