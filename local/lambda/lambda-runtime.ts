import { availableParallelism } from 'node:os';
import type { Activity } from '../activity.ts';
import type { Meter } from '../meter.ts';
import type { FunctionModel } from '../template/app.ts';
import { Environment } from './environment.ts';
import { Host, type HostOptions } from './host.ts';
import { type InvocationResult, type InvokeFaults, platformError } from './invocation.ts';

/** Environments of one function at most: more would only share the same cores. */
const MAX_ENVIRONMENTS_PER_FUNCTION = 3;
/**
 * Another environment starts when invocations have been waiting for this long without a pause. One costs about 0.1 s of
 * CPU to start, and more until its code is optimized: a short queue is cheaper.
 */
const SCALE_OUT_AFTER_MS = 1000;
/** One processor is for the runner itself and the store. */
const MAX_HOSTS = Math.min(4, Math.max(1, availableParallelism() - 1));
/** Invocations of one function that wait for an environment at most; Lambda would throttle the next one. */
const MAX_WAITING = 5_000;

interface Pool {
  readonly model: FunctionModel;
  readonly variables: Record<string, string>;
  readonly idle: Environment[];
  /** Each is handed an environment, or undefined to look for one itself. */
  readonly waiting: ((environment?: Environment) => void)[];
  /** Environments that there are, and may be. */
  size: number;
  allowed: number;
  /** Runs while invocations wait. */
  scaleOut: NodeJS.Timeout | undefined;
  /** Invocations under way or waiting. */
  inFlight: number;
}

export interface LambdaRuntimeOptions extends HostOptions {
  readonly meter: Meter;
  readonly activity: Activity;
  readonly faults: InvokeFaults;
  /** The variables of a function's environments, the app's and Lambda's own. */
  readonly variables: (model: FunctionModel) => Record<string, string>;
}

/** Runs functions: environments start lazily and are reused. */
export class LambdaRuntime {
  readonly #options: LambdaRuntimeOptions;
  readonly #pools = new Map<string, Pool>();
  /** In the order in which they get the next environment. */
  readonly #hosts: Host[] = [];
  #stopped = false;

  constructor(models: readonly FunctionModel[], options: LambdaRuntimeOptions) {
    this.#options = options;
    for (const model of models) {
      const variables = options.variables(model);
      this.#pools.set(model.arn, {
        model,
        variables,
        idle: [],
        waiting: [],
        size: 0,
        allowed: 1,
        scaleOut: undefined,
        inFlight: 0,
      });
      options.meter.function(model.name).memoryMb = model.memoryMb;
    }
  }

  /** Invokes a function (by ARN) with an event (JSON text) and waits for its result. Never rejects. */
  async invoke(functionArn: string, event: string): Promise<InvocationResult> {
    const pool = this.#pools.get(functionArn);
    if (!pool) return platformError('ResourceNotFoundException', `no function ${functionArn}`);
    const { name, reservedConcurrency } = pool.model;
    const { activity, faults } = this.#options;
    if (pool.inFlight >= (reservedConcurrency ?? Number.POSITIVE_INFINITY) || pool.waiting.length >= MAX_WAITING) {
      return platformError('Lambda.TooManyRequestsException', `Rate exceeded (${name})`);
    }
    const fault = faults.strike({ function: name, event });
    const injected = fault && platformError(fault.error ?? 'TransientFault', `injected: ${fault.kind}`);
    if (injected && fault.kind === 'fail') return injected;
    activity.begin();
    pool.inFlight++;
    try {
      const result = await this.#run(pool, event);
      return injected && 'payload' in result ? injected : result;
    } finally {
      pool.inFlight--;
      activity.end();
    }
  }

  /** Ends all environments, in the middle of what they do. */
  stop(): void {
    this.#stopped = true;
    for (const pool of this.#pools.values()) {
      clearTimeout(pool.scaleOut);
      for (const resume of pool.waiting.splice(0)) resume();
    }
    for (const host of this.#hosts) host.terminate();
  }

  async #run(pool: Pool, event: string): Promise<InvocationResult> {
    const environment = await this.#acquire(pool);
    if (!environment) return platformError('Runtime.ExitError', 'the runner stops');
    const start = performance.now();
    const result = await environment.invoke(event);
    const use = this.#options.meter.function(pool.model.name);
    use.memoryMb = pool.model.memoryMb;
    use.invocations++;
    use.durationMs += Math.ceil(performance.now() - start);
    if ('error' in result) use.errors++;
    this.#release(pool, environment);
    return result;
  }

  async #acquire(pool: Pool): Promise<Environment | undefined> {
    for (;;) {
      if (this.#stopped) return undefined;
      const environment = pool.idle.pop();
      if (environment?.isAlive) return environment;
      if (environment) {
        pool.size--;
        continue;
      }
      if (pool.size < pool.allowed) return this.#start(pool);
      pool.scaleOut ??= setTimeout(() => this.#scaleOut(pool), SCALE_OUT_AFTER_MS).unref();
      const handed = await new Promise<Environment | undefined>((resolve) => pool.waiting.push(resolve));
      if (handed?.isAlive) return handed;
      if (handed) pool.size--;
    }
  }

  #start(pool: Pool): Environment {
    pool.size++;
    this.#options.meter.function(pool.model.name).coldStarts++;
    return new Environment(pool.model, pool.variables, this.#nextHost());
  }

  /** Hosts take turns; one that has ended makes room for a new one. */
  #nextHost(): Host {
    const open = this.#hosts.filter(({ isOpen }) => isOpen);
    const host = open.length < MAX_HOSTS ? new Host(this.#options) : (open.shift() as Host);
    this.#hosts.splice(0, Number.POSITIVE_INFINITY, ...open, host);
    return host;
  }

  #scaleOut(pool: Pool): void {
    pool.scaleOut = undefined;
    pool.allowed = Math.min(pool.allowed + 1, MAX_ENVIRONMENTS_PER_FUNCTION);
    pool.waiting.shift()?.();
  }

  #release(pool: Pool, environment: Environment): void {
    const next = pool.waiting.shift();
    if (next) next(environment);
    else if (environment.isAlive) pool.idle.push(environment);
    else pool.size--;
    if (pool.waiting.length > 0) return;
    clearTimeout(pool.scaleOut);
    pool.scaleOut = undefined;
  }
}
