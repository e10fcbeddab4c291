import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { FunctionModel } from '../template/app.ts';
import { type InvocationError, type InvocationResult, platformError } from './invocation.ts';

/** Receives the output of a function. */
export type Print = (text: string) => void;

/** The start data of an environment's thread. */
export type WorkerData = Pick<FunctionModel, 'file' | 'exportName' | 'functionName' | 'memoryMb'> & {
  readonly functionArn: string;
  /** How far the environment's clock is ahead of the machine's. */
  readonly clockAheadMs: number;
};

/** One event for the thread: JSON text, and the deadline in milliseconds of the Unix clock. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  readonly deadline: number;
}

/** Stops the thread for a while, as Lambda freezes an environment: its timers and connections are not served meanwhile. */
export interface Freeze {
  readonly freezeMs: number;
}

/** The thread's answer to an event: the handler's result as JSON text, or the thrown error. */
export type Outcome = { readonly payload: string } | { readonly error: InvocationError };

/**
 * One execution environment: a thread with one function in it, which serves one event at a time. Its environment
 * variables, globals and modules are its own. An uncaught error, an unhandled rejection, `process.exit` or a full heap
 * ends this thread and no other.
 */
export class Environment {
  readonly #model: FunctionModel;
  readonly #worker: Worker;
  readonly #ended: () => void;
  #respond: ((result: InvocationResult) => void) | undefined;
  #isAlive = true;

  /** @param ended called once, when the environment cannot serve further events */
  constructor(
    model: FunctionModel,
    variables: Record<string, string>,
    clockAheadMs: number,
    print: Print,
    ended: () => void,
  ) {
    this.#model = model;
    this.#ended = ended;
    const { file, exportName, functionName, arn: functionArn, memoryMb } = model;
    const workerData: WorkerData = { file, exportName, functionName, functionArn, memoryMb, clockAheadMs };
    this.#worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData,
      env: variables,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    // Environments must not keep this process running.
    this.#worker.unref();
    for (const output of [this.#worker.stdout, this.#worker.stderr]) output.on('data', (text) => print(String(text)));
    this.#worker.on('message', (outcome: Outcome) => this.#finish(outcome));
    this.#worker.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      this.#end(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime exited with error: signal: killed' : message),
    );
    this.#worker.on('exit', (code) => this.#end(`Runtime exited with exit status ${code}`));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Serves one event (JSON text). Must not be called while another event is being served. Never rejects. */
  invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    const { timeoutMs } = this.#model;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (timeoutMs / 1000).toFixed(2);
        const message = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
        this.#finish(platformError('Sandbox.Timedout', message));
        this.terminate();
      }, timeoutMs);
      this.#respond = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
      const invocation: Invocation = { requestId, event, deadline: Date.now() + timeoutMs };
      this.#worker.postMessage(invocation);
    });
  }

  /** Stops the thread until the time is over, also during an invocation. The invocation's time limit goes on. */
  freeze(freezeMs: number): void {
    this.#worker.postMessage({ freezeMs } satisfies Freeze);
  }

  /** Ends the thread at once, also during an invocation. */
  terminate(): void {
    void this.#worker.terminate();
    this.#end('Runtime exited with exit status 1');
  }

  #end(why: string): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#ended();
    this.#finish(platformError('Runtime.ExitError', why));
  }

  #finish(result: InvocationResult): void {
    const respond = this.#respond;
    this.#respond = undefined;
    respond?.(result);
  }
}
