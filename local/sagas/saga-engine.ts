import { randomUUID } from 'node:crypto';
import type { StateMachine } from 'aws-local-stepfunctions';
import type { Activity } from '../activity.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { InvocationError, Invoke } from '../lambda/invocation.ts';
import type { Meter } from '../meter.ts';
import type { StateMachineModel } from '../template/app.ts';
import { type Definition, readDefinition } from './definition.ts';
import { type Execution, ExecutionBook } from './execution-book.ts';

interface Machine extends Definition {
  readonly model: StateMachineModel;
  readonly run: StateMachine['run'];
  readonly handlers: Record<string, (input: unknown) => Promise<never>>;
}

type Engine = typeof import('aws-local-stepfunctions');

export interface SagaEngineOptions {
  readonly models: readonly StateMachineModel[];
  readonly invoke: Invoke;
  readonly meter: Meter;
  readonly activity: Activity;
  readonly dataDir: string | undefined;
  /** Multiplies the delays of `Retry`. */
  readonly retryScale: number;
}

/** Runs state machines. An execution that was accepted runs to its end, if need be again from its start after a crash. */
export class SagaEngine {
  readonly #options: SagaEngineOptions;
  readonly #machines = new Map<string, Machine>();
  readonly #aborts = new Map<string, () => void>();
  readonly book: ExecutionBook;
  #stopped = false;

  constructor(options: SagaEngineOptions, engine: Engine) {
    this.#options = options;
    this.book = new ExecutionBook(options.dataDir);
    for (const model of options.models) this.#machines.set(model.arn, this.#machine(model, engine));
  }

  /** Runs again what the last run of the runner left unfinished. */
  resume(): void {
    for (const execution of this.book.restore()) {
      const machine = this.#machines.get(execution.stateMachineArn);
      if (machine) this.#run(machine, execution);
    }
  }

  /**
   * Accepts an execution and answers it at once. A Standard name is used once: the same input while it runs answers
   * the running execution, anything else throws `ExecutionAlreadyExists`. Express names are not compared.
   */
  start(stateMachineArn: string, input: string, name: string = randomUUID()): Execution {
    const machine = this.#machines.get(stateMachineArn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `no state machine ${stateMachineArn}`);
    const { type } = machine.model;
    const kind = type === 'EXPRESS' ? 'express' : 'execution';
    const suffix = type === 'EXPRESS' ? `:${randomUUID()}` : '';
    const arn = `${stateMachineArn.replace(':stateMachine:', `:${kind}:`)}:${name}${suffix}`;
    if (this.book.wasUsed(arn)) {
      const running = this.book.find(arn);
      if (running?.status === 'RUNNING' && running.input === input) return running;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    JSON.parse(input);
    const execution: Execution = {
      arn,
      name,
      stateMachineArn,
      input,
      startedAt: Date.now(),
      status: 'RUNNING',
      states: [],
    };
    this.book.open(execution);
    this.#run(machine, execution);
    return execution;
  }

  stop(): void {
    this.#stopped = true;
    this.book.stop();
    for (const abort of this.#aborts.values()) abort();
  }

  #machine(model: StateMachineModel, { StateMachine: Machine }: Engine): Machine {
    const definition = readDefinition(model, this.#options.retryScale);
    const machine = new Machine(definition.asl as never, { validationOptions: { noValidate: true } });
    const tasks = [...definition.tasks].map(([state, arn]) => [state, this.#task(arn)] as const);
    return { ...definition, model, run: machine.run.bind(machine), handlers: Object.fromEntries(tasks) };
  }

  #task(functionArn: string): (input: unknown) => Promise<never> {
    return async (input) => {
      const result = await this.#options.invoke(functionArn, JSON.stringify(input));
      if ('error' in result) throw asTaskError(result.error);
      return JSON.parse(result.payload) as never;
    };
  }

  #run(machine: Machine, execution: Execution): void {
    const { activity, meter } = this.#options;
    const use = meter.stateMachine(machine.model.name, machine.model.type);
    use.executions++;
    activity.begin();
    const { Execution: context } = { Execution: { Id: execution.arn, Name: execution.name } };
    const { result, eventLogs, abort } = machine.run(JSON.parse(execution.input), {
      overrides: { taskResourceLocalHandlers: machine.handlers },
      context: { Execution: context, StateMachine: { Id: machine.model.arn, Name: machine.model.name } },
    });
    this.#aborts.set(execution.arn, abort);
    const follow = async () => {
      for await (const event of eventLogs) {
        if (event.type !== 'StateEntered' && event.type !== 'StateRetried') continue;
        execution.states.push(event.state.name);
        meter.stateMachine(machine.model.name, machine.model.type).transitions++;
      }
    };
    const settle = async () => {
      try {
        execution.output = JSON.stringify(await result);
        execution.status = 'SUCCEEDED';
      } catch (error) {
        const { name, message, cause } = error as Error & { cause?: Error };
        execution.status = name === 'ExecutionTimeoutError' ? 'TIMED_OUT' : 'FAILED';
        execution.error = cause?.name ?? name;
        execution.cause = cause?.message ?? message;
      }
    };
    void Promise.all([settle(), follow()]).then(() => {
      this.#aborts.delete(execution.arn);
      if (!this.#stopped) {
        execution.endedAt = Date.now();
        meter.stateMachine(machine.model.name, machine.model.type).durationMs +=
          execution.endedAt - execution.startedAt;
        this.book.close(execution);
      }
      activity.end();
    });
  }
}

/** An error as `Retry` and `Catch` see a failed function: its type is the name, Lambda's JSON is the cause. */
function asTaskError(error: InvocationError): Error {
  const thrown = new Error(JSON.stringify(error));
  thrown.name = error.errorType;
  return thrown;
}
