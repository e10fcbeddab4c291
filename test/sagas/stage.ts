import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSagaInput, dispatchSagaInput, orderSagaInput } from '../../functions/orders/domain/saga-input.ts';
import { orderIdFor } from '../../functions/shared/kernel/ids.ts';
import type { OrderSagaState } from '../../functions/shared/saga-state.ts';
<<<<<<< HEAD
import {
  type ExecutionSummary,
  type InvokeFault,
  type Local,
  type LocalOptions,
  type StoreFault,
  startLocal,
} from '../../local/index.ts';
=======
import type { StoreFault } from '../../local/dynamodb/store-faults.ts';
import type { InvokeFault } from '../../local/lambda/invocation.ts';
import type { ExecutionSummary, Local } from '../../local/local.ts';
import type { LocalOptions } from '../../local/options.ts';
>>>>>>> aws
import { Shop } from '../support/orders.ts';
import { startLocal } from '../support/start-local.ts';
import { Trial, type TrialSetting } from './trial.ts';

/** Retries follow each other within milliseconds: the definitions' seconds and doublings stay, a thousand times shorter. */
const retryScale = 0.001;
/** A saga takes a tenth of a second; on a busy machine, with every retry, a few. */
const patienceMs = 25_000;
/** A look parses every execution there was: seldom enough not to be what keeps the machine busy. */
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

/** What befalls an order's steps; the trial ties it to its own order. */
export type StepFault = Omit<InvokeFault, 'when'>;
export type StepStoreFault = Omit<StoreFault, 'when'>;

/** The first start after a change synthesizes the app. */
const openingMs = 120_000;

/** A running system on which many orders are tried side by side, each with goods and faults of its own. */
export class Stage {
  static readonly openingMs = openingMs;
  readonly local: Local;
  readonly shop: Shop;
  /** By starter and order, in the order of their arrival, each once. */
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

  /** From now on no saga starts by itself that one of these would start: tests take its steps. */
  holdStarts(...starters: readonly Starter[]): this {
    this.#held = starters;
    return this;
  }

  close(): Promise<void> {
    return this.local.stop();
  }

  /** Sells goods to one customer, who has ordered nothing yet. */
  async trial(setting: TrialSetting = {}): Promise<Trial> {
    this.#trials += 1;
    const name = `${this.#trials}`;
    const trial = new Trial(this, `SKU-${name}`, `customer-${name}`, orderIdFor(`customer-${name}`, name), setting);
    await patiently(() => this.shop.sell(trial.sku));
    for (const [location, quantity] of Object.entries(trial.received)) {
      await patiently(() => this.shop.receive(trial.sku, location, quantity, `${trial.sku}-${location}`));
    }
    trial.befall(...(setting.faults ?? []));
    return trial;
  }

  befall(orderId: string, ...faults: readonly StepFault[]): void {
    this.local.invokeFaults.add(...faults.map((fault) => ({ ...fault, when: about(orderId) })));
  }

  /** Faults of the store's calls that name something; tells how many calls there have been that they were meant for. */
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
    throw new Error(`${starter} was not told of ${orderId} in ${patienceMs} ms`);
  }

  hasMessage(orderId: string, starter: Starter): boolean {
    return this.#messages.has(`${starter} ${orderId}`);
  }

  /** What the order's saga starts with. */
  async sagaInput(orderId: string): Promise<OrderSagaState> {
    return orderSagaInput(detailOf(await this.messageFor('StartOrderSaga', orderId)) as OrderPlacedDetail);
  }

  /** What the sagas that follow an order's confirmation start with, so far. */
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
    if (JSON.stringify(answer) !== '{"batchItemFailures":[]}') throw new Error('the message was given back');
  }

  /** Keeps the messages; strikes those of orders whose start is held. */
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

  /** Those who ask at the same time share one look. */
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

/** A machine that is busy starting up may answer late; whoever stocks a shop asks again. */
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
