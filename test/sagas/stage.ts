import { setTimeout as sleep } from 'node:timers/promises';
import {
  cancellationSagaInput,
  dispatchSagaInput,
  orderSagaInput,
} from '../../functions/fulfillment/domain/saga-input.ts';
import type { OrderSagaState } from '../../functions/fulfillment/domain/saga-state.ts';
import { orderIdFor } from '../../functions/shared/kernel/ids.ts';
import type { StoreFault } from '../../local/dynamodb/store-faults.ts';
import type { InvokeFault } from '../../local/lambda/invocation.ts';
import type { ExecutionSummary, Local } from '../../local/local.ts';
import type { LocalOptions } from '../../local/options.ts';
import { startLocal } from '../../local/start-local.ts';
import { Shop } from '../support/orders.ts';
import { Trial, type TrialSetting } from './trial.ts';

/** The retry intervals of the definitions are scaled to milliseconds; their backoff rates stay. */
const retryScale = 0.001;
/** A saga takes a tenth of a second, or a few seconds with every retry on a busy machine. */
const patienceMs = 25_000;
/**
 * Interval between checks of the executions. Each check parses all of them, so checks are rare enough not to load the
 * machine.
 */
const lookEveryMs = 30;

/** A message of a queue that starts sagas: the event as the bus delivered it. */
interface Message {
  readonly body: string;
}
type OrderPlacedDetail = Parameters<typeof orderSagaInput>[0];
type DispatchRequestedDetail = Parameters<typeof dispatchSagaInput>[0];

export type Starter = 'StartOrderSaga' | 'StartDispatchSaga' | 'StartCancellationSaga';
const allStarters = ['StartOrderSaga', 'StartDispatchSaga', 'StartCancellationSaga'] as const satisfies Starter[];

export type Saga = 'OrderSaga' | 'DispatchSaga' | 'CancellationSaga';

/** The faults of an order's steps; the trial adds the order's id. */
export type StepFault = Omit<InvokeFault, 'when'>;
export type StepStoreFault = Omit<StoreFault, 'when'>;

/** The first start after a change synthesizes the app. */
const openingMs = 120_000;

/** A running system for many concurrent trials, each with its own goods and faults. */
export class Stage {
  static readonly openingMs = openingMs;
  readonly local: Local;
  readonly shop: Shop;
  /** The start messages by starter and order, in the order of arrival, each once. */
  readonly #messages = new Map<string, Message[]>();
  #held: readonly string[] = [];
  #trials = 0;
  #look: Promise<readonly ExecutionSummary[]> | undefined;

  private constructor(local: Local) {
    this.local = local;
    this.shop = new Shop(local);
    local.invokeFaults.add({ kind: 'fail', times: Number.POSITIVE_INFINITY, when: (call) => this.#see(call) });
  }

  static async open(options: LocalOptions = {}): Promise<Stage> {
    const quiet = { port: 0, memory: true, schedules: false, throttling: false, logLevel: 'SILENT' } as const;
    return new Stage(await startLocal({ ...quiet, retryScale, ...options }));
  }

  /** Holds the start messages of these starters from now on: their sagas do not start, and tests take the steps. */
  holdStarts(...starters: readonly Starter[]): this {
    this.#held = starters;
    return this;
  }

  close(): Promise<void> {
    return this.local.stop();
  }

  /** Makes goods available for a customer without orders. */
  async trial(setting: TrialSetting = {}): Promise<Trial> {
    this.#trials += 1;
    const name = `${this.#trials}`;
    const trial = new Trial(this, `SKU-${name}`, `customer-${name}`, orderIdFor(`customer-${name}`, name), setting);
    await patiently(() => this.shop.sell(trial.sku));
    for (const [location, quantity] of Object.entries(trial.received)) {
      await patiently(() => this.shop.receive(trial.sku, location, quantity, `${trial.sku}-${location}`));
    }
    trial.injectFaults(...(setting.faults ?? []));
    return trial;
  }

  injectFaults(orderId: string, ...faults: readonly StepFault[]): void {
    this.local.invokeFaults.add(...faults.map((fault) => ({ ...fault, when: about(orderId) })));
  }

  /** Faults for the store's calls that contain a text; returns the number of matching calls so far. */
  befallStore(named: string, ...faults: readonly StepStoreFault[]): { readonly calls: () => number } {
    let calls = 0;
    const when = ({ body }: { readonly body: string }) => {
      const names = body.includes(named);
      if (names) calls += 1;
      return names;
    };
    this.local.faults.add(...faults.map((fault) => ({ ...fault, when })));
    return { calls: () => calls };
  }

  /** Waits for the end of an order's executions of a saga: so many, or the only one. */
  async ended(saga: Saga, orderId: string, count = 1): Promise<readonly ExecutionSummary[]> {
    for (const start = performance.now(); performance.now() - start < patienceMs; ) {
      const executions = await this.executions(saga, orderId);
      if (executions.length >= count && executions.every(({ status }) => status !== 'RUNNING')) return executions;
    }
    throw new Error(`${count} executions of ${saga} for ${orderId} did not end in ${patienceMs} ms`);
  }

  /** The first message for a starter that is about the order. */
  async messageFor(starter: Starter, orderId: string): Promise<Message> {
    for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(lookEveryMs)) {
      const [seen] = this.#messages.get(`${starter} ${orderId}`) ?? [];
      if (seen !== undefined) return seen;
    }
    throw new Error(`${starter} got no message for ${orderId} in ${patienceMs} ms`);
  }

  hasMessage(orderId: string, starter: Starter): boolean {
    return this.#messages.has(`${starter} ${orderId}`);
  }

  /** The input of the order's saga. */
  async sagaInput(orderId: string): Promise<OrderSagaState> {
    return orderSagaInput(detailOf(await this.messageFor('StartOrderSaga', orderId)) as OrderPlacedDetail);
  }

  /** The inputs of the sagas after the order's confirmation, so far. */
  laterSagas(orderId: string): { readonly saga: Saga; readonly input: object }[] {
    const details = (starter: Starter) => (this.#messages.get(`${starter} ${orderId}`) ?? []).map(detailOf);
    const dispatches = details('StartDispatchSaga').map((detail) =>
      dispatchSagaInput(detail as DispatchRequestedDetail),
    );
    const cancellations = details('StartCancellationSaga').map((detail) =>
      cancellationSagaInput(detail as DispatchRequestedDetail),
    );
    return [
      ...dispatches.map((input) => ({ saga: 'DispatchSaga', input }) as const),
      ...cancellations.map((input) => ({ saga: 'CancellationSaga', input }) as const),
    ];
  }

  /** Delivers a message that starts a saga once more, as queues do. */
  async redeliver(orderId: string, starter: Starter = 'StartOrderSaga'): Promise<void> {
    const answer = await this.local.invoke(starter, { Records: [await this.messageFor(starter, orderId)] });
    if (JSON.stringify(answer) !== '{"batchItemFailures":[]}') throw new Error('the message was returned to the queue');
  }

  /** Records the messages, and removes those of orders whose start is held. */
  #see({ function: starter, event }: { readonly function: string; readonly event: string }): boolean {
    if (!allStarters.some((each) => each === starter)) return false;
    for (const message of (JSON.parse(event) as { Records: Message[] }).Records) {
      const { orderId, sequence } = detailOf(message);
      const known = this.#messages.get(`${starter} ${orderId}`) ?? [];
      if (known.some((each) => detailOf(each).sequence === sequence)) continue;
      this.#messages.set(`${starter} ${orderId}`, [...known, message]);
    }
    return this.#held.includes(starter);
  }

  /** Concurrent callers share one check. */
  async executions(saga: Saga, orderId: string): Promise<ExecutionSummary[]> {
    this.#look ??= sleep(lookEveryMs).then(() => {
      this.#look = undefined;
      return this.local.executions();
    });
    const all = await this.#look;
    return all.filter(({ stateMachine, input }) => stateMachine === saga && isAbout(input, orderId));
  }
}

function detailOf({ body }: Message): { readonly orderId: string; readonly sequence: number } {
  return (JSON.parse(body) as { detail: { orderId: string; sequence: number } }).detail;
}

function about(orderId: string) {
  return ({ event }: { readonly event: string }): boolean => event.includes(orderId);
}

function isAbout(input: unknown, orderId: string): boolean {
  return (input as { orderId?: unknown }).orderId === orderId;
}

/** During its start the system may answer late, so the setup repeats its requests. */
async function patiently(ask: () => Promise<unknown>): Promise<void> {
  for (let left = 5; ; left--) {
    try {
      await ask();
      return;
    } catch (error) {
      if (left === 0 || !/ answered 5\d\d/.test(String(error))) throw error;
    }
  }
}
