import { randomUUID } from 'node:crypto';
import type { Message, Queue } from '../queues/queue.ts';
import type { Queues } from '../queues/queues.ts';
import type { FunctionModel } from '../template/app.ts';
import type { Invoke } from './invocation.ts';

/** Lambda tries an asynchronous invocation three times. */
const MAX_TRIES = 3;

/** Lambda waits a minute before the first retry of an asynchronous invocation, and two before the second. */
const RETRY_DELAY_MS = 60_000;

/**
 * Asynchronous invocations: kept in a queue for each function, retried, and sent to the dead-letter queue after the
 * last attempt.
 */
export class AsyncInvocations {
  readonly #queues: Queues;
  readonly #invoke: Invoke;
  readonly #retryScale: number;
  readonly #targets: ReadonlyMap<string, { readonly model: FunctionModel; readonly queue: Queue }>;

  /** @param retryScale multiplies the delays between two tries */
  constructor(models: readonly FunctionModel[], queues: Queues, invoke: Invoke, retryScale: number) {
    this.#queues = queues;
    this.#invoke = invoke;
    this.#retryScale = retryScale;
    this.#targets = new Map(
      models.map((model) => [model.arn, { model, queue: queues.add({ name: `async:${model.name}` }) }]),
    );
  }

  start(): void {
    for (const { model, queue } of this.#targets.values()) queue.consume(() => void this.#next(model, queue));
  }

  /** Accepts an invocation. It survives the end of this process once this returns. */
  send(functionArn: string, event: string): void {
    const target = this.#targets.get(functionArn);
    if (!target) throw new Error(`no function ${functionArn}`);
    target.queue.send(event);
  }

  async #next({ arn, deadLetterArn }: FunctionModel, queue: Queue): Promise<void> {
    const [message] = queue.receive(1);
    if (!message) return;
    const result = await this.#invoke(arn, message.body);
    const isHandled =
      !('error' in result) ||
      (message.receives >= MAX_TRIES && this.#setAside(message, result.error.errorMessage, deadLetterArn));
    if (isHandled) queue.delete(message.id);
    else queue.release(message, RETRY_DELAY_MS * Math.min(message.receives, MAX_TRIES) * this.#retryScale);
  }

  /** Whether the message may be deleted: it is in the dead-letter queue now, or the function has none. */
  #setAside({ body }: Message, errorMessage: string, deadLetterArn: string | undefined): boolean {
    if (!deadLetterArn) return true;
    const attributes = { RequestID: randomUUID(), ErrorCode: '200', ErrorMessage: errorMessage.slice(0, 1024) };
    try {
      this.#queues.byArn(deadLetterArn).send(body, { attributes });
      return true;
    } catch (error) {
      console.error('a failed invocation cannot be set aside now:', (error as Error).message);
      return false;
    }
  }
}
