import type { Activity } from '../activity.ts';
import type { Meter } from '../meter.ts';
import type { AccountConcurrency } from '../options.ts';
import type { FunctionModel } from '../template/app.ts';
import { Environment, type Print } from './environment.ts';
import { type InvocationResult, type InvokeFaults, platformError } from './invocation.ts';

/** Environments of one function: more would only share the same processors. */
const MAX_ENVIRONMENTS_PER_FUNCTION = 3;
/**
 * Another environment of a function starts when invocations have waited for this long without a pause. To start one
 * costs about 0.1 s of CPU time, and more until its code is optimized: a short queue is cheaper.
 */
const SCALE_OUT_AFTER_MS = 1_000;
/**
 * Environments of all functions together; beyond it the one that has been idle for longest ends. Each takes some 10 MB.
 */
const MAX_ENVIRONMENTS = 100;
/** Invocations of one function that wait for an environment; Lambda would throttle the next one. */
const MAX_WAITING = 5_000;

interface Pool {
  readonly model: FunctionModel;
  readonly variables: Record<string, string>;
  readonly environments: Set<Environment>;
  /** Idle environments with the time since which they are idle; the last used one is at the end. */
  readonly idle: { readonly environment: Environment; readonly since: number }[];
  /** Invocations that wait for an environment, oldest first; undefined means that the runner stops. */
  readonly waiting: ((environment: Environment | undefined) => void)[];
  /** How many environments there may be at present. */
  allowed: number;
  /** Runs while invocations wait. */
  scaleOut: NodeJS.Timeout | undefined;
  /** Invocations under way or waiting. */
  inFlight: number;
}

export interface LambdaRuntimeOptions {
  readonly meter: Meter;
  readonly activity: Activity;
  readonly faults: InvokeFaults;
  readonly print: Print;
  readonly concurrency: AccountConcurrency;
  /** How far the clock of every second environment is ahead of the machine's. */
  readonly clockAheadMs: number;
  /** The environment variables of a function: the app's and Lambda's own. */
  readonly variables: (model: FunctionModel) => Record<string, string>;
}

/** Runs the functions: starts environments when they are needed, reuses them, and ends those that are not. */
export class LambdaRuntime {
  readonly #options: LambdaRuntimeOptions;
  readonly #pools: ReadonlyMap<string, Pool>;
  #environments = 0;
  /** Environments started since the start of the runner. */
  #started = 0;
  /** Invocations under way that count against the account's concurrency. */
  #inFlight = 0;
  #stopped = false;

  constructor(models: readonly FunctionModel[], options: LambdaRuntimeOptions) {
    this.#options = options;
    this.#pools = new Map(
      models.map((model) => [
        model.arn,
        {
          model,
          variables: options.variables(model),
          environments: new Set(),
          idle: [],
          waiting: [],
          allowed: 1,
          scaleOut: undefined,
          inFlight: 0,
        },
      ]),
    );
    for (const { name, memoryMb } of models) options.meter.function(name).memoryMb = memoryMb;
  }

  /** Invokes a function (by ARN) with an event (JSON text) and waits for its result. Never rejects. */
  async invoke(functionArn: string, event: string): Promise<InvocationResult> {
    const pool = this.#pools.get(functionArn);
    if (!pool) return platformError('ResourceNotFoundException', `no function ${functionArn}`);
    const { name, reservedConcurrency } = pool.model;
    const { activity, faults, concurrency } = this.#options;
    const counts = !concurrency.except?.includes(name);
    const isAccountBusy = counts && this.#inFlight >= concurrency.most;
    if (
      isAccountBusy ||
      pool.inFlight >= (reservedConcurrency ?? Number.POSITIVE_INFINITY) ||
      pool.waiting.length >= MAX_WAITING
    ) {
      return platformError('Lambda.TooManyRequestsException', `Rate exceeded (${name})`);
    }
    const fault = faults.match({ function: name, event });
    const injected = fault && platformError(fault.error ?? 'TransientFault', `injected: ${fault.kind}`);
    if (injected && fault.kind === 'fail') return injected;
    activity.begin();
    pool.inFlight++;
    if (counts) this.#inFlight++;
    try {
      const result = await this.#run(pool, event);
      return injected && 'payload' in result ? injected : result;
    } finally {
      pool.inFlight--;
      if (counts) this.#inFlight--;
      activity.end();
    }
  }

  /** Stops all environments for a while, idle or not. */
  freeze(ms: number): void {
    for (const { environments } of this.#pools.values()) for (const environment of environments) environment.freeze(ms);
  }

  /** Ends all environments at once, also during invocations. */
  stop(): void {
    this.#stopped = true;
    for (const pool of this.#pools.values()) {
      clearTimeout(pool.scaleOut);
      for (const resume of pool.waiting.splice(0)) resume(undefined);
      for (const environment of pool.environments) environment.terminate();
    }
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

  /** An idle environment, a new one, or the next that is free. */
  async #acquire(pool: Pool): Promise<Environment | undefined> {
    if (this.#stopped) return undefined;
    const idle = pool.idle.pop()?.environment;
    if (idle) return idle;
    if (pool.environments.size < pool.allowed) return this.#start(pool);
    pool.scaleOut ??= setTimeout(() => this.#scaleOut(pool), SCALE_OUT_AFTER_MS).unref();
    return new Promise((resolve) => pool.waiting.push(resolve));
  }

  #start(pool: Pool): Environment {
    if (this.#environments >= MAX_ENVIRONMENTS) this.#evict();
    this.#environments++;
    this.#options.meter.function(pool.model.name).coldStarts++;
    this.#started++;
    const { print, clockAheadMs } = this.#options;
    const aheadMs = this.#started % 2 === 0 ? clockAheadMs : 0;
    const environment = new Environment(pool.model, pool.variables, aheadMs, print, () =>
      this.#ended(pool, environment),
    );
    pool.environments.add(environment);
    return environment;
  }

  /**
   * If all are busy, the limit is exceeded by one: a busy function may wait for the function that is about to start.
   */
  #evict(): void {
    const oldest = [...this.#pools.values()]
      .flatMap(({ idle }) => idle.slice(0, 1))
      .reduce<Pool['idle'][number] | undefined>(
        (found, each) => (found && found.since < each.since ? found : each),
        undefined,
      );
    oldest?.environment.terminate();
  }

  #scaleOut(pool: Pool): void {
    pool.scaleOut = undefined;
    pool.allowed = Math.min(pool.allowed + 1, MAX_ENVIRONMENTS_PER_FUNCTION);
    if (pool.environments.size < pool.allowed) this.#release(pool, this.#start(pool));
  }

  /** Gives the environment to the next invocation, or marks it as idle. */
  #release(pool: Pool, environment: Environment): void {
    if (!environment.isAlive) return;
    const next = pool.waiting.shift();
    if (next) next(environment);
    else pool.idle.push({ environment, since: performance.now() });
    if (pool.waiting.length > 0) return;
    clearTimeout(pool.scaleOut);
    pool.scaleOut = undefined;
  }

  /** Starts a new environment for the invocations that wait for one that has ended. */
  #ended(pool: Pool, environment: Environment): void {
    this.#environments--;
    pool.environments.delete(environment);
    const index = pool.idle.findIndex((each) => each.environment === environment);
    if (index >= 0) pool.idle.splice(index, 1);
    if (!this.#stopped && pool.waiting.length > 0) this.#release(pool, this.#start(pool));
  }
}
