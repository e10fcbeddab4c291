import { randomUUID } from 'node:crypto';
import type { FunctionModel } from '../template/app.ts';
import type { Host, Outcome, Tenant } from './host.ts';
import { type InvocationResult, platformError } from './invocation.ts';

/** One execution environment: a function's module with variables of its own in a host, serving one event at a time. */
export class Environment implements Tenant {
  readonly #function: FunctionModel;
  readonly #host: Host;
  readonly #id: number;
  #settle: ((result: InvocationResult) => void) | undefined;
  #ended = false;

  constructor(model: FunctionModel, variables: Record<string, string>, host: Host) {
    this.#function = model;
    this.#host = host;
    const { file, exportName, functionName, arn: functionArn, memoryMb } = model;
    this.#id = host.open({ file, exportName, functionName, functionArn, memoryMb, variables }, this);
  }

  /** False once it or its host has ended: it cannot serve any more. */
  get isAlive(): boolean {
    return !this.#ended && this.#host.isOpen;
  }

  /** Serves one event (JSON text). Must not be called while another is being served. */
  invoke(event: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    const { timeoutMs } = this.#function;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (timeoutMs / 1000).toFixed(2);
        this.#end(
          platformError('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`),
        );
      }, timeoutMs);
      this.#settle = (result) => {
        clearTimeout(timer);
        this.#host.done();
        resolve(result);
      };
      this.#host.invoke(['invoke', this.#id, requestId, event, Date.now() + timeoutMs]);
    });
  }

  /** Ends it, in the middle of what it does. */
  terminate(): void {
    this.#end(exitError('Runtime exited with exit status 1'));
  }

  /** The host's word on what became of the invocation, or of the environment. */
  settle(outcome: Outcome): void {
    if (outcome[0] === 'result') this.#finish({ payload: outcome[2] });
    else if (outcome[0] === 'error') {
      const [, , errorType, errorMessage, trace] = outcome;
      this.#finish({ error: { errorType, errorMessage, trace } });
    } else {
      this.#host.forget(this.#id);
      this.evicted(`Runtime exited with exit status ${outcome[2]}`);
    }
  }

  /** It has ended, or its host has. */
  evicted(why: string): void {
    this.#ended = true;
    this.#finish(exitError(why));
  }

  /** What it has begun would run on: its host takes nothing more. */
  #end(result: InvocationResult): void {
    this.#ended = true;
    this.#host.retire();
    this.#finish(result);
  }

  #finish(result: InvocationResult): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
  }
}

function exitError(message: string): InvocationResult {
  return platformError('Runtime.ExitError', message);
}
