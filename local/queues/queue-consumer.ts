import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from '../activity.ts';
import type { InvocationResult, Invoke } from '../lambda/invocation.ts';
import type { Meter } from '../meter.ts';
import type { QueueMapping } from '../template/app.ts';
import { regionOf } from '../template/resource-types.ts';
import type { Message, Queue } from './queue.ts';
import { attributesOf, md5 } from './sqs-operations.ts';

/** Batches of one queue under way at once. Two keep two processors busy, and let messages gather into fuller batches. */
const MAX_BATCHES_AT_ONCE = 2;

/** The longest pause before a throttled function is invoked again. */
const THROTTLED_PAUSE_MS = 1_000;

export interface QueueConsumerParts {
  readonly invoke: Invoke;
  readonly meter: Meter;
  readonly activity: Activity;
  /** Multiplies the time after which a failed message is visible again. */
  readonly retryScale: number;
}

/** Moves messages from a queue to a function, as Lambda's event source mapping does. */
export class QueueConsumer {
  readonly #mapping: QueueMapping;
  readonly #queue: Queue;
  readonly #parts: QueueConsumerParts;
  #running = 0;
  #window: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(mapping: QueueMapping, queue: Queue, parts: QueueConsumerParts) {
    this.#mapping = mapping;
    this.#queue = queue;
    this.#parts = parts;
  }

  start(): void {
    this.#queue.consume(() => this.#wake());
  }

  /** Ends a batching window early. */
  flush(): void {
    if (this.#window) this.#closeWindow();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#window);
  }

  #wake(): void {
    const { windowMs, batchSize } = this.#mapping;
    const { visible } = this.#queue.counts;
    if (windowMs === 0 || visible >= batchSize || this.#parts.activity.isAwaited) this.#startBatches();
    else this.#window ??= setTimeout(() => this.#closeWindow(), windowMs);
  }

  #closeWindow(): void {
    clearTimeout(this.#window);
    this.#window = undefined;
    this.#startBatches();
  }

  #startBatches(): void {
    const limit = Math.min(this.#mapping.maxConcurrency, MAX_BATCHES_AT_ONCE);
    while (!this.#stopped && this.#running < limit && this.#queue.counts.visible > 0) {
      const batch = this.#queue.receive(this.#mapping.batchSize);
      this.#parts.meter.sqsRequests++;
      const wanted = batch.filter((message) => this.#passesFilters(message));
      for (const message of batch) if (!wanted.includes(message)) this.#queue.delete(message.id);
      if (wanted.length === 0) continue;
      this.#running++;
      void this.#process(wanted).finally(() => {
        this.#running--;
        if (this.#queue.counts.visible > 0) this.#wake();
      });
    }
  }

  async #process(batch: Message[]): Promise<void> {
    const { invoke, meter, retryScale } = this.#parts;
    const event = { Records: batch.map((message) => this.#record(message)) };
    const result = await this.#invokeUnthrottled(invoke, JSON.stringify(event));
    if (this.#stopped) return;
    const failed = 'error' in result ? batch : this.#failedOf(batch, result.payload);
    meter.sqsRequests++;
    for (const message of batch) {
      if (failed.includes(message)) this.#queue.release(message, this.#queue.visibilityTimeoutMs * retryScale);
      else this.#queue.delete(message.id);
    }
  }

  /** As Lambda does, invokes again while the function is throttled, until the messages are about to be visible again. */
  async #invokeUnthrottled(invoke: Invoke, event: string): Promise<InvocationResult> {
    const until = performance.now() + this.#queue.visibilityTimeoutMs * this.#parts.retryScale;
    for (;;) {
      const result = await invoke(this.#mapping.functionArn, event);
      const isThrottled = 'error' in result && result.error.errorType === 'Lambda.TooManyRequestsException';
      if (!isThrottled || this.#stopped || performance.now() >= until) return result;
      await sleep(Math.random() * THROTTLED_PAUSE_MS * this.#parts.retryScale);
    }
  }

  #failedOf(batch: Message[], payload: string): Message[] {
    if (!this.#mapping.reportsItemFailures) return [];
    const failures = itemFailures(payload);
    if (!failures) return batch;
    const failed = batch.filter(({ id }) => failures.includes(id));
    // As in Lambda, an identifier that was not in the batch fails the whole batch.
    return failed.length === failures.length ? failed : batch;
  }

  #passesFilters({ body }: Message): boolean {
    const { filters } = this.#mapping;
    if (filters.length === 0) return true;
    let parsed: unknown = body;
    try {
      parsed = JSON.parse(body);
    } catch {
      // A body that is not JSON is matched as text.
    }
    return filters.some((matches) => matches({ body: parsed }));
  }

  #record(message: Message) {
    return {
      messageId: message.id,
      receiptHandle: message.id,
      body: message.body,
      attributes: attributesOf(message),
      messageAttributes: {},
      md5OfBody: md5(message.body),
      eventSource: 'aws:sqs',
      eventSourceARN: this.#mapping.queueArn,
      awsRegion: regionOf(this.#mapping.queueArn),
    };
  }
}

/** Identifiers in a partial batch response; undefined when it is not a valid one. Null and no list mean that none failed. */
export function itemFailures(payload: string): string[] | undefined {
  const response = JSON.parse(payload) as { batchItemFailures?: { itemIdentifier?: string }[] } | null;
  const listed = response?.batchItemFailures ?? [];
  if (!Array.isArray(listed)) return undefined;
  const identifiers = listed.map(({ itemIdentifier }) => itemIdentifier ?? '');
  return identifiers.includes('') ? undefined : identifiers;
}
