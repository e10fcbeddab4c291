import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { inParallel } from '../../bench/client/in-parallel.ts';
import { runs, timeLimitMs } from '../support/campaign.ts';
import { sagaSeed } from './saga-seed.ts';
import { Stage } from './stage.ts';
import { type InjectedFault, SteppedRun } from './stepped-run.ts';
import type { Trial } from './trial.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared('StartDispatchSaga', 'StartCancellationSaga');
}, Stage.openingMs);

const side = 4;
/** Number of times that the test resolves a hold, as a person would. */
const maxRounds = 4;

/** One event in the life of a confirmed order. */
type Turn =
  | { readonly kind: 'dispatch'; readonly parcel: number }
  | { readonly kind: 'cancel' }
  /** A message that starts a saga is delivered, for the first time or again. */
  | {
      readonly kind: 'deliver';
      readonly which: number;
      readonly injectedFault: readonly [string, InjectedFault] | undefined;
    }
  /** One of the running sagas takes a step. */
  | { readonly kind: 'step'; readonly which: number };

const injectedFault = fc.tuple(
  fc.constantFrom('CapturePayment', 'CommitStock', 'RecordDispatch', 'CancelShipment', 'VoidPayment', 'ReleaseStock'),
  fc.constantFrom<InjectedFault>('fails', 'loses'),
);
const which = fc.nat(5);
const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dispatch'), parcel: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel') }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('deliver'),
      which,
      injectedFault: fc.option(injectedFault, { nil: undefined }),
    }),
  },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('step'), which }) },
);
const story = fc.record({ parcels: fc.constantFrom(1, 2), turns: fc.array(turn, { minLength: 8, maxLength: 24 }) });
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

describe.concurrent('the message of a dispatch is delivered twice, one of its runs fails, and the order is cancelled', () => {
  const points = [0, 1, 2].flatMap((steps) =>
    (['dispatch', 'cancellation'] as const).map((first) => ({ steps, first })),
  );
  test.each(points)('after $steps steps of the other run, then the $first first: nothing is left', async (point) => {
    const trial = await confirmed(1);
    await dispatch(trial, 0);
    const sagas = new Sagas(trial);
    const [other] = [await sagas.deliver(0), await sagas.deliver(0, ['CapturePayment', 'fails'])];
    for (let step = 0; step < point.steps; step++) await sagas.step(0);
    while (await sagas.step(1));
    expect((await trial.order()).hold?.reason).toBe('capture_failed');
    expect((await stage.shop.cancel(trial.orderId, trial.customer)).status).toBe(202);
    await (point.first === 'dispatch' ? other : await sagas.deliver(1))?.finish();
    await sagas.end();
    const { order, events } = await trial.leftNothing();
    expect(order.shipments).toMatchObject([{ status: 'cancelled' }]);
    expect(events.filter(({ type }) => type === 'ShipmentDispatched')).toEqual([]);
  });

  test('after the other run has recorded the dispatch, the order cannot be cancelled', async () => {
    const trial = await confirmed(1);
    await dispatch(trial, 0);
    const sagas = new Sagas(trial);
    const [other] = [await sagas.deliver(0), await sagas.deliver(0, ['CapturePayment', 'fails'])];
    while (await sagas.step(1));
    await other?.finish();
    expect(await stage.shop.cancel(trial.orderId, trial.customer)).toMatchObject({ status: 409 });
    const { order } = await trial.balanced();
    expect(order).toMatchObject({ status: 'confirmed', paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  });
});

test('dispatches, a cancellation, repeated messages and faults anywhere: log, gateways and stock agree at the end', {
  timeout: timeLimitMs(120_000),
}, async () => {
  const seed = sagaSeed();
  await inParallel(fc.sample(story, { numRuns: runs(30), seed }), side, async (each) => {
    const failure = await play(each).catch((error: Error) => error);
    if (failure instanceof Error)
      throw new Error(`HOLDFAST_SAGA_SEED=${seed} ${JSON.stringify(each)}: ${failure.message}`, { cause: failure });
  });
});

async function play({ parcels, turns }: Story): Promise<void> {
  const trial = await confirmed(parcels);
  const sagas = new Sagas(trial);
  for (const each of turns) {
    if (each.kind === 'dispatch') await dispatch(trial, each.parcel);
    else if (each.kind === 'cancel') await stage.shop.cancel(trial.orderId, trial.customer);
    else if (each.kind === 'deliver') await sagas.deliver(each.which, each.injectedFault);
    else await sagas.step(each.which);
  }
  await sagas.end();
  for (let round = 0; round < maxRounds && (await trial.order()).status === 'on_hold'; round++) {
    await doWhatItWaitsFor(trial);
    await sagas.end();
  }
  const { order } = await trial.balanced({ overlapping: true });
  expect(['confirmed', 'cancelled']).toContain(order.status);
}

async function confirmed(parcels: number): Promise<Trial> {
  const trial = await stage.trial(parcels === 2 ? { stock: { BER: 4, VIE: 3 }, quantity: 7 } : {});
  await trial.run();
  return trial;
}

async function dispatch(trial: Trial, parcel: number): Promise<void> {
  const { shipments } = await trial.order();
  const shipmentId = shipments[parcel % shipments.length]?.shipmentId ?? '';
  await stage.shop.dispatch(trial.orderId, shipmentId);
}

async function doWhatItWaitsFor(trial: Trial): Promise<void> {
  const { hold, shipments } = await trial.order();
  if (hold?.reason === 'compensation_failed') await stage.shop.cancel(trial.orderId, trial.customer);
  else for (const parcel of shipments.keys()) await dispatch(trial, parcel);
}

/** The sagas of a confirmed order; the message of each may be delivered more than once. */
class Sagas {
  readonly #trial: Trial;
  readonly #running: SteppedRun[] = [];
  readonly #delivered = new Set<string>();

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  async deliver(which: number, injected?: readonly [string, InjectedFault]): Promise<SteppedRun | undefined> {
    const messages = await this.#messages();
    const message = messages[which % Math.max(1, messages.length)];
    if (message === undefined) return undefined;
    this.#delivered.add(JSON.stringify(message));
    const injectedFaults = injected === undefined ? {} : Object.fromEntries([injected]);
    const run = new SteppedRun(stage.local, message.saga, message.input, injectedFaults);
    this.#running.push(run);
    return run;
  }

  /** False when there is no step to take. */
  async step(which: number): Promise<boolean> {
    return (await this.#running[which % Math.max(1, this.#running.length)]?.step()) ?? false;
  }

  /** Runs all sagas to their ends, one after the other, including those whose messages were not delivered yet. */
  async end(): Promise<void> {
    for (const run of this.#running) await run.finish();
    for (const message of await this.#messages()) {
      if (this.#delivered.has(JSON.stringify(message))) continue;
      this.#delivered.add(JSON.stringify(message));
      await new SteppedRun(stage.local, message.saga, message.input).finish();
    }
  }

  /** Waits for the messages of all requests in the log. */
  async #messages(): Promise<ReturnType<Stage['laterSagas']>> {
    const { events } = await this.#trial.ledger();
    const wanted = events.filter(({ type }) => type === 'DispatchRequested' || type === 'CancellationRequested').length;
    for (let waits = 0; waits < 500; waits++) {
      const messages = stage.laterSagas(this.#trial.orderId);
      if (messages.length >= wanted) return messages;
      await sleep(10);
    }
    throw new Error('the messages that start sagas did not come');
  }
}
