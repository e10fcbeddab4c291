import { setTimeout as sleep } from 'node:timers/promises';
import {
  cancellationSagaInput,
  dispatchSagaInput,
  orderSagaInput,
} from '../../functions/fulfillment/domain/saga-input.ts';
import type { OrderSagaState } from '../../functions/fulfillment/domain/saga-state.ts';
import { orderIdFor } from '../../functions/shared/kernel/ids.ts';
import type { ExecutionSummary, Local, LocalOptions, StoreFault } from '../../local/index.ts';
import { Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { ageOrder } from './age-order.ts';
import type { RunningSystem, Saga, StepFault } from './running-system.ts';
import { Trial, type TrialSetting } from './trial.ts';

/** Factor of the pauses between retries, so that they take milliseconds. */
const retryScale = 0.001;
/** A saga takes about 0.1 s, and some seconds with all retries on a busy machine. */
const patienceMs = 25_000;
const pollMs = 30;

/** A message of a queue that starts sagas, with an event from the bus. */
interface Message {
  readonly body: string;
}
type OrderPlacedDetail = Parameters<typeof orderSagaInput>[0];
type DispatchRequestedDetail = Parameters<typeof dispatchSagaInput>[0];

export type Starter = 'StartOrderSaga' | 'StartDispatchSaga' | 'StartCancellationSaga';
const allStarters = ['StartOrderSaga', 'StartDispatchSaga', 'StartCancellationSaga'] as const satisfies Starter[];

export type StepStoreFault = Omit<StoreFault, 'when'>;

/** The first start after a change synthesizes the app. */
const openingMs = 120_000;

/** The systems that the files of one worker share, by the starters that are held. */
const shared = new Map<string, Promise<Stage>>();

/** A running system for many concurrent trials, each with its own SKU and faults. */
export class Stage implements RunningSystem {
  static readonly openingMs = openingMs;
  readonly local: Local;
  readonly shop: Shop;
  /** By starter and order, in the sequence of their arrival, each once. */
  readonly #messages = new Map<string, Message[]>();
  #held: readonly string[] = [];
  #trials = 0;

  private constructor(local: Local) {
    this.local = local;
    this.shop = new Shop(local);
    local.invokeFaults.add({ kind: 'fail', times: Number.POSITIVE_INFINITY, when: (call) => this.#see(call) });
  }

  static async open(options: LocalOptions = {}): Promise<Stage> {
    const quiet = { port: 0, memory: true, schedules: false, throttling: false, logLevel: 'SILENT' } as const;
    return new Stage(await startLocal({ ...quiet, retryScale, ...options }));
  }

  /**
   * The system with the usual options and these starters held. All files that a worker runs get the same one, because the first
   * start of each function costs more than most trials. It ends with the worker; its faults must be about single orders.
   */
  static shared(...held: readonly Starter[]): Promise<Stage> {
    const key = held.join();
    const stage = shared.get(key) ?? Stage.open().then((opened) => opened.holdStarts(...held));
    shared.set(key, stage);
    return stage;
  }

  /** From now on these starters fail, so that tests run the sagas step by step. */
  holdStarts(...starters: readonly Starter[]): this {
    this.#held = starters;
    return this;
  }

  close(): Promise<void> {
    return this.local.stop();
  }

  /** Prepares a SKU with stock and faults for a customer who has no orders. */
  async trial(setting: TrialSetting = {}): Promise<Trial> {
    this.#trials += 1;
    const name = `${this.#trials}`;
    const trial = new Trial(this, `SKU-${name}`, `customer-${name}`, orderIdFor(`customer-${name}`, name), setting);
    const { digital } = setting;
    await patiently(() => this.shop.sell(trial.sku, digital === undefined ? {} : { product: { digital } }));
    for (const [location, quantity] of Object.entries(trial.received)) {
      await patiently(() => this.shop.receive(trial.sku, location, quantity, `${trial.sku}-${location}`));
    }
    trial.injectFaults(...(setting.faults ?? []));
    return trial;
  }

  injectFaults(orderId: string, ...faults: readonly StepFault[]): void {
    this.local.invokeFaults.add(...faults.map((fault) => ({ ...fault, when: about(orderId) })));
  }

  /** Adds faults to the requests to the store that contain a text; `calls` counts these requests. */
  injectStoreFaults(named: string, ...faults: readonly StepStoreFault[]): { readonly calls: () => number } {
    let calls = 0;
    const when = ({ body }: { readonly body: string }) => {
      const names = body.includes(named);
      if (names) calls += 1;
      return names;
    };
    this.local.faults.add(...faults.map((fault) => ({ ...fault, when })));
    return { calls: () => calls };
  }

  /** Waits until an order has so many executions of a saga and all of them have ended. */
  async ended(saga: Saga, orderId: string, count = 1): Promise<readonly ExecutionSummary[]> {
    for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(pollMs)) {
      const executions = this.executions(saga, orderId);
      if (executions.length >= count && executions.every(({ status }) => status !== 'RUNNING')) return executions;
    }
    throw new Error(`${count} executions of ${saga} for ${orderId} did not end in ${patienceMs} ms`);
  }

  /** Waits for the first message of the order to a starter. */
  async messageFor(starter: Starter, orderId: string): Promise<Message> {
    for (const start = performance.now(); performance.now() - start < patienceMs; await sleep(pollMs)) {
      const [seen] = this.#messages.get(`${starter} ${orderId}`) ?? [];
      if (seen !== undefined) return seen;
    }
    throw new Error(`${starter} got no message of ${orderId} in ${patienceMs} ms`);
  }

  hasMessage(orderId: string, starter: Starter): boolean {
    return this.#messages.has(`${starter} ${orderId}`);
  }

  /** The input of the order's saga. */
  async sagaInput(orderId: string): Promise<OrderSagaState> {
    return orderSagaInput(detailOf(await this.messageFor('StartOrderSaga', orderId)) as OrderPlacedDetail);
  }

  /** Waits until the lists show the order's latest version, then makes every commit of the order that much older. */
  async age(orderId: string, seconds: number): Promise<void> {
    const { version } = await this.shop.order(orderId);
    await ageOrder(this.local, orderId, version, seconds);
  }

  /** The inputs of the dispatch and cancellation sagas that were requested so far. */
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

  /** Delivers a message to a starter again, as a queue may do. */
  async redeliver(orderId: string, starter: Starter = 'StartOrderSaga'): Promise<void> {
    const answer = await this.local.invoke(starter, { Records: [await this.messageFor(starter, orderId)] });
    if (JSON.stringify(answer) !== '{"batchItemFailures":[]}') throw new Error('the message was returned to the queue');
  }

  /** Records the messages of the starters; true for a starter that is held, which then fails. */
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

  executions(saga: Saga, orderId: string): ExecutionSummary[] {
    return this.local.executions(orderId).filter(({ stateMachine }) => stateMachine === saga);
  }
}

function detailOf({ body }: Message): { readonly orderId: string; readonly sequence: number } {
  return (JSON.parse(body) as { detail: { orderId: string; sequence: number } }).detail;
}

function about(orderId: string) {
  return ({ event }: { readonly event: string }): boolean => event.includes(orderId);
}

/** Repeats a request that is answered 5xx, as happens while a busy machine starts the functions. */
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
