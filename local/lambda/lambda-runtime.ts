import type { Activity } from '../activity.ts';
import type { Meter } from '../meter.ts';
import type { FunctionModel } from '../template/app.ts';
import { Environment, type Print } from './environment.ts';
import { type InvocationResult, type InvokeFaults, platformError } from './invocation.ts';
import type { ServedHosts } from './served-request.ts';

/** Environments of one function at most: more would only share the same cores. */
const MAX_ENVIRONMENTS_PER_FUNCTION = 3;
/**
 * Another environment starts when invocations have been waiting for this long without a pause. One costs about 0.1 s of
 * CPU to start, and more until its code is optimized: a short queue is cheaper.
 */
const SCALE_OUT_AFTER_MS = 1000;
/** Environments of all functions at most, about 15 MB each. The longest idle one makes room. */
const MAX_ENVIRONMENTS = 64;
/** Invocations of one function that wait for an environment at most; Lambda would throttle the next one. */
const MAX_WAITING = 5_000;
const IDLE_EVICTION_MS = 5 * 60_000;

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

export interface LambdaRuntimeOptions {
  readonly meter: Meter;
  readonly activity: Activity;
  readonly faults: InvokeFaults;
  readonly print: Print;
  /** Whom the runner itself answers for. */
  readonly hosts: ServedHosts;
  /** The variables of a function's environments, the app's and Lambda's own. */
  readonly variables: (model: FunctionModel) => Record<string, string>;
}

/** Runs functions: environments start lazily, are reused, and are evicted when idle. */
export class LambdaRuntime {
  readonly #options: LambdaRuntimeOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #busy = new Set<Environment>();
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
    this.#sweeper = setInterval(() => this.#evictIdle(), IDLE_EVICTION_MS / 5).unref();
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
    clearInterval(this.#sweeper);
    for (const pool of this.#pools.values()) {
      for (const environment of pool.idle) environment.terminate();
      clearTimeout(pool.scaleOut);
      for (const resume of pool.waiting.splice(0)) resume();
    }
    for (const environment of this.#busy) environment.terminate();
  }

  async #run(pool: Pool, event: string): Promise<InvocationResult> {
    const environment = await this.#acquire(pool);
    if (!environment) return platformError('Runtime.ExitError', 'the runner stops');
    this.#busy.add(environment);
    const start = performance.now();
    const result = await environment.invoke(event);
    this.#busy.delete(environment);
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
    this.#makeRoom();
    pool.size++;
    this.#options.meter.function(pool.model.name).coldStarts++;
    return new Environment(pool.model, pool.variables, this.#options.hosts, this.#options.print);
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

  #makeRoom(): void {
    const pools = [...this.#pools.values()];
    if (pools.reduce((sum, { size }) => sum + size, 0) < MAX_ENVIRONMENTS) return;
    const candidates = pools.filter(({ idle }) => idle.length > 0);
    const [longest] = candidates.sort((a, b) => (a.idle[0]?.idleSince ?? 0) - (b.idle[0]?.idleSince ?? 0));
    if (longest) this.#evict(longest);
  }

  #evictIdle(): void {
    const limit = performance.now() - IDLE_EVICTION_MS;
    for (const pool of this.#pools.values()) {
      while (pool.idle[0] && pool.idle[0].idleSince < limit) this.#evict(pool);
    }
  }

  #evict(pool: Pool): void {
    pool.idle.shift()?.terminate();
    pool.size--;
  }
}
