import { StateMachine } from 'aws-local-stepfunctions';
import { type Local, readDefinition } from '../../local/index.ts';
import type { Saga } from './running-system.ts';

/** A fault of a step in one run only: the step `fails` without running, or runs and `loses` its answer. */
export type InjectedFault = 'fails' | 'loses';

/** An error name that no retry lists, so that a fault is not retried. */
const injectedFaultName = 'InjectedFault';

/**
 * Runs the deployed definition of a saga step by step: a test decides what happens between two steps, and may stop a run, which
 * simulates a crash.
 */
export class SteppedRun {
  readonly #local: Local;
  readonly #injectedFaults: ReadonlyMap<string, InjectedFault>;
  readonly #functions: ReadonlyMap<string, string>;
  readonly #outcome: Promise<void>;
  #arrival = Promise.withResolvers<void>();
  #turn = Promise.withResolvers<void>();
  /** The steps so far, including those with a fault. */
  readonly steps: string[] = [];
  status: 'running' | 'succeeded' | 'failed' = 'running';

  constructor(local: Local, saga: Saga, input: object, injectedFaults: Readonly<Record<string, InjectedFault>> = {}) {
    this.#local = local;
    this.#injectedFaults = new Map(Object.entries(injectedFaults));
    const model = local.app.stateMachines.find(({ name }) => name === saga);
    if (model === undefined) throw new Error(`there is no state machine ${saga}`);
    const { asl, tasks } = readDefinition(model, 0.001);
    this.#functions = new Map([...tasks].map(([state, arn]) => [state, arn.split(':').at(-1) ?? '']));
    const machine = new StateMachine(asl as never, { validationOptions: { noValidate: true } });
    const handlers = [...tasks.keys()].map((state) => [state, (event: unknown) => this.#arrive(state, event)]);
    const { result } = machine.run(JSON.parse(JSON.stringify(input)), {
      overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    });
    const end = (status: typeof this.status) => {
      this.status = status;
      this.#arrival.resolve();
    };
    this.#outcome = result.then(
      () => end('succeeded'),
      () => end('failed'),
    );
  }

  /** Runs the next step and waits for the one after it. False when the execution has ended. */
  async step(): Promise<boolean> {
    await this.#arrival.promise;
    if (this.status !== 'running') return false;
    const turn = this.#turn;
    this.#arrival = Promise.withResolvers();
    this.#turn = Promise.withResolvers();
    turn.resolve();
    await this.#arrival.promise;
    return true;
  }

  async finish(): Promise<this> {
    while (await this.step());
    await this.#outcome;
    return this;
  }

  async #arrive(state: string, event: unknown): Promise<never> {
    const turn = this.#turn.promise;
    this.#arrival.resolve();
    await turn;
    this.steps.push(state);
    const injectedFault = this.#injectedFaults.get(state);
    if (injectedFault === 'fails') throw taskError(injectedFaultName, 'the step did not run');
    try {
      const answer = await this.#local.invoke(this.#functions.get(state) ?? '', event);
      if (injectedFault === undefined) return answer as never;
    } catch (error) {
      throw taskError((error as Error).name, (error as Error).message);
    }
    throw taskError(injectedFaultName, 'the answer was lost');
  }
}

/** A failed function as `Retry` and `Catch` get it: the error's type is the name, Lambda's JSON is the cause. */
function taskError(errorType: string, errorMessage: string): Error {
  const error = new Error(JSON.stringify({ errorType, errorMessage, trace: [] }));
  error.name = errorType;
  return error;
}
