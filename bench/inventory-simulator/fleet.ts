import { Bucket } from './partitions.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The starts and limits of a function's environments. */
export interface FleetModel {
  /** Most environments at a time. */
  readonly concurrency: number;
  /** Environments that are warm from the beginning (provisioned concurrency). */
  readonly provisioned: number;
  /** Environments that may start at once, and then per second: Lambda gives a function 1,000 every 10 s. */
  readonly burst: number;
  readonly rampPerSecond: number;
  readonly coldStartMs: { readonly least: number; readonly more: number };
  /** Time from the invoker to the code and back. */
  readonly overheadMs: number;
}

export const assumedFleet: FleetModel = {
  concurrency: 1_000,
  provisioned: 0,
  burst: 1_000,
  rampPerSecond: 100,
  coldStartMs: { least: 200, more: 100 },
  overheadMs: 2,
};

interface Waiting<Environment> {
  readonly serve: (environment: Environment) => void;
}

/** The process crashed while it served a request. */
export class Crash extends Error {
  override readonly name = 'Lambda.Unknown';
}

/**
 * Environments that serve one request at a time each. A request that finds no free one waits until one becomes free or
 * starts. The most recently used one is used first, so that few stay warm.
 */
export class Fleet<Environment> {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #model: FleetModel;
  readonly #make: () => Environment;
  readonly #ramp: Bucket;
  readonly #idle: Environment[];
  readonly #waiting: Waiting<Environment>[] = [];
  #waitingFrom = 0;
  #alive: number;
  #starting = 0;
  coldStarts = 0;
  mostAlive: number;

  constructor(time: VirtualTime, random: Random, model: FleetModel, make: () => Environment) {
    this.#time = time;
    this.#random = random;
    this.#model = model;
    this.#make = make;
    this.#ramp = new Bucket(model.rampPerSecond, model.burst / model.rampPerSecond, () => time.nowMs);
    this.#idle = Array.from({ length: model.provisioned }, make);
    this.#alive = model.provisioned;
    this.mostAlive = model.provisioned;
  }

  /** Runs `work` in an environment. When it throws {@link Crash}, the environment is removed. */
  async invoke<Answer>(work: (environment: Environment) => Promise<Answer>): Promise<Answer> {
    if (this.#model.overheadMs > 0) await this.#time.sleep(this.#model.overheadMs);
    const environment = this.#idle.pop() ?? (await this.#waitForOne());
    try {
      const answer = await work(environment);
      this.#free(environment);
      return answer;
    } catch (error) {
      if (error instanceof Crash) this.#bury();
      else this.#free(environment);
      throw error;
    }
  }

  #waitForOne(): Promise<Environment> {
    return new Promise((serve) => {
      this.#waiting.push({ serve });
      this.#startOne();
    });
  }

  /** Starts an environment for each request that waits, as far as limits and ramp allow. */
  #startOne(): void {
    const waiting = this.#waiting.length - this.#waitingFrom;
    if (waiting <= this.#starting || this.#alive >= this.#model.concurrency) return;
    this.#alive += 1;
    this.#starting += 1;
    if (this.#ramp.take(1)) this.#beginStart();
    else this.#startWhenAllowed();
  }

  #startWhenAllowed(): void {
    this.#time.at(this.#time.nowMs + 1_000 / this.#model.rampPerSecond, () => {
      if (this.#ramp.take(1)) this.#beginStart();
      else this.#startWhenAllowed();
    });
  }

  #beginStart(): void {
    const { least, more } = this.#model.coldStartMs;
    this.coldStarts += 1;
    this.mostAlive = Math.max(this.mostAlive, this.#alive);
    this.#time.at(this.#time.nowMs + least + this.#random.exponential(more), () => {
      this.#starting -= 1;
      this.#free(this.#make());
    });
  }

  #free(environment: Environment): void {
    const next = this.#waiting[this.#waitingFrom];
    if (next === undefined) {
      this.#idle.push(environment);
      return;
    }
    this.#waitingFrom += 1;
    if (this.#waitingFrom > 1_000) {
      this.#waiting.splice(0, this.#waitingFrom);
      this.#waitingFrom = 0;
    }
    next.serve(environment);
  }

  #bury(): void {
    this.#alive -= 1;
    this.#startOne();
  }
}
