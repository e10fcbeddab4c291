import type { Queue } from '../queues/queue.ts';
import type { Queues } from '../queues/queues.ts';
import type { FunctionModel } from '../template/app.ts';
import type { Invoke } from './invocation.ts';

/** Lambda tries an asynchronous invocation three times. */
const TRIES = 3;

/** Lambda waits a minute before the first retry of an asynchronous invocation, and two before the second. */
const RETRY_DELAY_MS = 60_000;

/** Invocations of functions that nobody waits for: kept durably, tried again, and given to the dead-letter queue in the end. */
export class AsyncInvocations {
  readonly #queues: Queues;
  readonly #invoke: Invoke;
  readonly #backoffScale: number;
  readonly #byArn = new Map<string, Queue>();
  readonly #models: Map<string, FunctionModel>;

  constructor(models: readonly FunctionModel[], queues: Queues, invoke: Invoke, backoffScale: number) {
    this.#queues = queues;
    this.#invoke = invoke;
    this.#backoffScale = backoffScale;
    for (const model of models) {
      const queue = queues.add({
        name: `async:${model.name}`,
        visibilityTimeoutMs: 0,
        delayMs: 0,
        maxReceives: Number.POSITIVE_INFINITY,
        deadLetters: () => undefined,
      });
      this.#byArn.set(model.arn, queue);
    }
    this.#models = new Map(models.map((model) => [model.arn, model]));
  }

  start(): void {
    for (const [arn, queue] of this.#byArn) queue.consume(() => void this.#drain(arn, queue));
  }

  /** Accepts an invocation. It is kept durably when this returns. */
  send(functionArn: string, event: string): void {
    const queue = this.#byArn.get(functionArn);
    if (!queue) throw new Error(`no function ${functionArn}`);
    queue.send(event);
  }

  async #drain(arn: string, queue: Queue): Promise<void> {
    const [message] = queue.take(1);
    const model = this.#models.get(arn);
    if (!message || !model) return;
    const result = await this.#invoke(arn, message.body);
    if ('error' in result && message.receives < TRIES) {
      queue.release(message, RETRY_DELAY_MS * message.receives * this.#backoffScale);
      return;
    }
    if ('error' in result && model.deadLetterArn) this.#queues.byArn(model.deadLetterArn).send(message.body);
    queue.delete(message.id);
  }
}
