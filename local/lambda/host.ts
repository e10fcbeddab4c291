import { Worker } from 'node:worker_threads';
import type { StoreUse } from '../dynamodb/store-use.ts';
import { type AnswerMessage, answerMessage, type RequestMessage, type ServedHosts } from './served-request.ts';
import type { StoreLinkData } from './store-link.ts';

/** Handlers may print; whoever shows it decides. */
export type Print = (text: string) => void;

/** How hosts reach the store without the runner, and what it hears of that. */
export interface StoreLink {
  readonly data: StoreLinkData;
  /** The store was used. It is told a little later, but before the end of the invocation that did it. */
  readonly used: (use: StoreUse) => void;
  /** A host is at its end: it may have written to any table and not told it. */
  readonly untold: () => void;
}

export interface HostOptions {
  /** Whom the runner itself answers for. */
  readonly served: ServedHosts;
  /** Without it all calls of the store are made through the runner. */
  readonly store?: StoreLink;
  readonly print: Print;
}

export interface HostData {
  readonly servedHosts: readonly string[];
  readonly store: StoreLinkData | undefined;
}

export interface EnvironmentData {
  /** One file, with all it needs but Node's own modules. */
  readonly file: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly variables: Record<string, string>;
}

export type Opening = [kind: 'open', environment: number, data: EnvironmentData];
/** Request id, event as JSON text, deadline in milliseconds of the Unix clock. */
export type Invocation = [kind: 'invoke', environment: number, requestId: string, event: string, deadline: number];
export type ToHost = Opening | Invocation | AnswerMessage | [kind: 'ping'];

/** What became of an invocation, or of the environment itself. */
export type Outcome =
  | [kind: 'result', environment: number, payload: string]
  | [kind: 'error', environment: number, name: string, message: string, trace: string[]]
  | [kind: 'ended', environment: number, code: number];
export type FromHost = Outcome | RequestMessage | [kind: 'used', uses: readonly StoreUse[]] | [kind: 'pong'];

/** What a host tells an environment: an outcome, or why the host has ended. */
export interface Tenant {
  settle(outcome: Outcome): void;
  evicted(why: string): void;
}

/** V8's nursery: what a function makes for one invocation is gone before it is full. */
const YOUNG_GENERATION_MB = 64;
const OLD_GENERATION_MB = 4_096;
/** Environments that may have ended in a host before it is given up, each with some megabytes of code. */
const MAX_FORGOTTEN = 20;
/** Who does not answer for so long is caught in a loop. */
const PATIENCE_MS = 1_000;
/** What a thread had sent to the store when it ended is written by then. */
const LAST_WRITE_MS = 1_000;

/**
 * A thread with execution environments in it. Many share one, because threads are what is dear: each wakes up for every answer,
 * and V8 optimizes and collects garbage in each one apart.
 */
export class Host {
  readonly #options: HostOptions;
  readonly #worker: Worker;
  readonly #tenants = new Map<number, Tenant>();
  #lastId = 0;
  /** Invocations under way. */
  #busy = 0;
  #forgotten = 0;
  #isOpen = true;
  #patience: NodeJS.Timeout | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    const { served, store, print } = options;
    const workerData: HostData = { servedHosts: [...served.keys()], store: store?.data };
    this.#worker = new Worker(new URL('./bootstrap.mjs', import.meta.url), {
      workerData,
      env: { PATH: process.env.PATH ?? '', TZ: ':UTC' },
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MB, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.unref();
    for (const output of [this.#worker.stdout, this.#worker.stderr]) output.on('data', (text) => print(String(text)));
    this.#worker.on('message', (messages: FromHost[]) => {
      for (const message of messages) this.#take(message);
    });
    this.#worker.on('error', (error) => this.#end(error.message));
    this.#worker.on('exit', (code) => this.#end(`Runtime exited with exit status ${code}`));
  }

  /** Whether environments may be opened, and those in it be used. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @returns the environment's number */
  open(data: EnvironmentData, tenant: Tenant): number {
    const id = ++this.#lastId;
    this.#tenants.set(id, tenant);
    this.#post(['open', id, data]);
    return id;
  }

  /** The environment has ended by itself. What it was made of stays in the thread, which should not fill up with it. */
  forget(environment: number): void {
    this.#tenants.delete(environment);
    this.#forgotten++;
    if (this.#forgotten >= MAX_FORGOTTEN) this.retire();
  }

  /** Sends an event to an environment. Say `done` when it has ended, however it did. */
  invoke(invocation: Invocation): void {
    this.#busy++;
    this.#post(invocation);
  }

  done(): void {
    this.#busy--;
    if (!this.#isOpen && this.#busy === 0) this.terminate();
  }

  /**
   * Takes no more invocations and ends with the last one: something in it runs on that nobody waits for. Whether it is
   * a loop, so that none of the others will ever end, shows when the thread is asked.
   */
  retire(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // An invocation ends with this, and whoever follows the tables has to know of it by then.
    this.#options.store?.untold();
    if (this.#busy === 0) this.terminate();
    else {
      this.#patience = setTimeout(() => this.terminate(), PATIENCE_MS).unref();
      this.#post(['ping']);
    }
  }

  /** Ends the thread, in the middle of what it does. */
  terminate(): void {
    this.#isOpen = false;
    clearTimeout(this.#patience);
    void this.#worker.terminate();
  }

  #take(message: FromHost): void {
    const { served, store } = this.#options;
    if (message[0] === 'request') void answerMessage(served, message).then((answer) => this.#post(answer));
    else if (message[0] === 'used') for (const use of message[1]) store?.used(use);
    else if (message[0] === 'pong') clearTimeout(this.#patience);
    else this.#tenants.get(message[1])?.settle(message);
  }

  #post(message: ToHost): void {
    this.#worker.postMessage(message);
  }

  #end(why: string): void {
    this.#isOpen = false;
    clearTimeout(this.#patience);
    this.#options.store?.untold();
    if (this.#options.store) setTimeout(this.#options.store.untold, LAST_WRITE_MS).unref();
    for (const tenant of this.#tenants.values()) tenant.evicted(why);
    this.#tenants.clear();
  }
}
