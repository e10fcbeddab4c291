import { randomUUID } from 'node:crypto';
import type { StateMachine } from 'aws-local-stepfunctions';
import type { Activity } from '../activity.ts';
import { AwsError } from '../aws/call.ts';
import type { InvocationError, Invoke } from '../lambda/invocation.ts';
import type { Meter } from '../meter.ts';
import type { StateMachineModel } from '../template/app.ts';
import { type Definition, readDefinition } from './definition.ts';
import { type Execution, ExecutionStore } from './execution-store.ts';

interface Machine extends Definition {
  readonly model: StateMachineModel;
  readonly run: StateMachine['run'];
  readonly handlers: Record<string, (input: unknown) => Promise<never>>;
}

/** The module that interprets state machines. */
type Interpreter = typeof import('aws-local-stepfunctions');

export interface SagaEngineOptions {
  readonly models: readonly StateMachineModel[];
  readonly invoke: Invoke;
  readonly meter: Meter;
  readonly activity: Activity;
  readonly dataDir: string | undefined;
  /** Multiplies the delays of `Retry`. */
  readonly retryScale: number;
}

/** Runs state machines. An accepted execution runs to its end; after a crash it runs again from its start. */
export class SagaEngine {
  readonly executions: ExecutionStore;
  readonly #options: SagaEngineOptions;
  readonly #machines = new Map<string, Machine>();
  readonly #aborts = new Map<string, () => void>();
  #stopped = false;

  constructor(options: SagaEngineOptions, interpreter: Interpreter) {
    this.#options = options;
    this.executions = new ExecutionStore(options.dataDir);
    for (const model of options.models) this.#machines.set(model.arn, this.#machine(model, interpreter));
  }

  /** Restarts the executions that had not ended when the previous run of the runner ended. */
  resume(): void {
    for (const execution of this.executions.restore()) {
      const machine = this.#machines.get(execution.stateMachineArn);
      if (machine) this.#run(machine, execution);
    }
  }

  /**
   * Accepts an execution and returns it at once. A Standard name is used once: while its execution runs, the same input
   * returns that execution; everything else throws `ExecutionAlreadyExists`. Express names are not compared.
   */
  start(stateMachineArn: string, input: string, name: string = randomUUID()): Execution {
    const machine = this.#machines.get(stateMachineArn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `no state machine ${stateMachineArn}`);
    const isExpress = machine.model.type === 'EXPRESS';
    const prefix = stateMachineArn.replace(':stateMachine:', isExpress ? ':express:' : ':execution:');
    const arn = `${prefix}:${name}${isExpress ? `:${randomUUID()}` : ''}`;
    if (this.executions.wasUsed(arn)) {
      const running = this.executions.find(arn);
      if (running?.status === 'RUNNING' && running.input === input) return running;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    JSON.parse(input);
    const startedAt = Date.now();
    const execution: Execution = { arn, name, stateMachineArn, input, startedAt, status: 'RUNNING', states: [] };
    this.executions.add(execution);
    this.#run(machine, execution);
    return execution;
  }

  /** Ends running executions without a trace but their status, as Express executions can be lost. */
  lose(isLost: (execution: Execution) => boolean): void {
    for (const execution of this.executions.all()) if (isLost(execution)) this.#aborts.get(execution.arn)?.();
  }

  stop(): void {
    this.#stopped = true;
    this.executions.stop();
    for (const abort of this.#aborts.values()) abort();
  }

  #machine(model: StateMachineModel, interpreter: Interpreter): Machine {
    const definition = readDefinition(model, this.#options.retryScale);
    const machine = new interpreter.StateMachine(definition.asl as never, { validationOptions: { noValidate: true } });
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

  #run({ model, run, handlers }: Machine, execution: Execution): void {
    const { activity, meter } = this.#options;
    const use = () => meter.stateMachine(model.name, model.type);
    use().executions++;
    activity.begin();
    const { result, eventLogs, abort } = run(JSON.parse(execution.input), {
      overrides: { taskResourceLocalHandlers: handlers },
      context: {
        Execution: { Id: execution.arn, Name: execution.name },
        StateMachine: { Id: model.arn, Name: model.name },
      },
    });
    this.#aborts.set(execution.arn, abort);
    const follow = async () => {
      for await (const event of eventLogs) {
        if (event.type !== 'StateEntered' && event.type !== 'StateRetried') continue;
        execution.states.push(event.state.name);
        use().transitions++;
      }
    };
    void Promise.all([recordResult(execution, result), follow()]).then(() => {
      this.#aborts.delete(execution.arn);
      if (!this.#stopped) {
        execution.endedAt = Date.now();
        use().durationMs += execution.endedAt - execution.startedAt;
        this.executions.end(execution);
      }
      activity.end();
    });
  }
}

/** Writes the result of a run into its execution. */
async function recordResult(execution: Execution, result: Promise<unknown>): Promise<void> {
  try {
    execution.output = JSON.stringify(await result);
    execution.status = 'SUCCEEDED';
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: Error };
    execution.status = statusOf(name);
    execution.error = cause?.name ?? name;
    execution.cause = cause?.message ?? message;
  }
}

/** The status of an execution that ended with an error of the interpreter or of a state. */
function statusOf(errorName: string): Execution['status'] {
  if (errorName === 'ExecutionTimeoutError') return 'TIMED_OUT';
  return errorName === 'ExecutionAbortedError' ? 'ABORTED' : 'FAILED';
}

/** An error as `Retry` and `Catch` see a failed function: its type is the name, Lambda's JSON is the cause. */
function asTaskError(error: InvocationError): Error {
  return Object.assign(new Error(JSON.stringify(error)), { name: error.errorType });
}
