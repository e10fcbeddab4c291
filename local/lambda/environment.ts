import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { FunctionModel } from '../template/app.ts';
import { type InvocationResult, platformError } from './invocation.ts';
import { type AnswerMessage, answerMessage, type RequestMessage, type ServedHosts } from './served-request.ts';

export interface EnvironmentData {
  readonly file: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  /** Whom the runner itself answers for. */
  readonly hosts: readonly string[];
}

/** Request id, event as JSON text, deadline in milliseconds of the Unix clock. */
export type Invocation = [kind: 'invoke', requestId: string, event: string, deadline: number];
export type ToWorker = Invocation | AnswerMessage;
export type FromWorker =
  | [kind: 'result', payload: string]
  | [kind: 'error', name: string, message: string, trace: string[]]
  | RequestMessage;

/** V8's nursery of one environment: with the default of 48 MB forty idle environments would hold 2 GB. */
const YOUNG_GENERATION_MB = 16;

/** Handlers may print; whoever shows it decides. */
export type Print = (text: string) => void;

/** One execution environment: a worker thread with an environment of its own, serving one event at a time. */
export class Environment {
  readonly #function: FunctionModel;
  readonly #worker: Worker;
  #settle: ((result: InvocationResult) => void) | undefined;
  #ended = false;
  idleSince = performance.now();

  constructor(model: FunctionModel, variables: Record<string, string>, hosts: ServedHosts, print: Print) {
    this.#function = model;
    const workerData: EnvironmentData = {
      file: model.file,
      exportName: model.exportName,
      functionName: model.functionName,
      functionArn: model.arn,
      memoryMb: model.memoryMb,
      hosts: [...hosts.keys()],
    };
    this.#worker = new Worker(new URL('./bootstrap.mjs', import.meta.url), {
      workerData,
      env: variables,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: model.memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.unref();
    for (const output of [this.#worker.stdout, this.#worker.stderr]) output.on('data', (text) => print(String(text)));
    this.#worker.on('message', (message: FromWorker) => {
      if (message[0] === 'request') void answerMessage(hosts, message).then((answer) => this.#post(answer));
      else this.#finish(toResult(message));
    });
    this.#worker.on('error', (error) => this.#finish(platformError('Runtime.ExitError', error.message)));
    this.#worker.on('exit', (code) => {
      this.#ended = true;
      this.#finish(platformError('Runtime.ExitError', `Runtime exited with exit status ${code}`));
    });
  }

  /** False once the thread has ended: it cannot serve any more. */
  get isAlive(): boolean {
    return !this.#ended;
  }

  /** Serves one event (JSON text). Must not be called while another is being served. */
  invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    const { timeoutMs } = this.#function;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (timeoutMs / 1000).toFixed(2);
        this.#finish(
          platformError('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`),
        );
        this.terminate();
      }, timeoutMs);
      this.#settle = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
      this.#post(['invoke', requestId, event, Date.now() + timeoutMs]);
    });
  }

  terminate(): void {
    this.#ended = true;
    void this.#worker.terminate();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #finish(result: InvocationResult): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.idleSince = performance.now();
    settle?.(result);
  }
}

function toResult(message: Exclude<FromWorker, RequestMessage>): InvocationResult {
  if (message[0] === 'result') return { payload: message[1] };
  const [, errorType, errorMessage, trace] = message;
  return { error: { errorType, errorMessage, trace } };
}
