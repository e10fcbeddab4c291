import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from '../activity.ts';
import type { Invoke } from '../lambda/invocation.ts';
import { itemFailures } from '../queues/queue-consumer.ts';
import type { StreamMapping } from '../template/app.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { StreamItem, StreamReader } from './stream-reader.ts';

/** First delay before a failed batch is retried; it doubles up to the longest. */
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 30_000;
/** Delay before a batch of a throttled function is delivered again. */
const THROTTLED_MS = 20;
/**
 * How long records are collected even without a batching window. Lambda polls a stream four times a second. Without
 * this delay every record would be a batch of its own, because the runner reads after each write.
 */
const GATHERING_MS = 10;

export interface StreamConsumerOptions {
  readonly mapping: StreamMapping;
  readonly reader: Pick<StreamReader, 'read'>;
  readonly checkpoint: Checkpoint;
  readonly invoke: Invoke;
  /** Sends a failure record (JSON text) to the queue of that ARN. */
  readonly sendFailure: (arn: string, body: string) => void;
  readonly activity: Activity;
  /** Multiplies the delays before retries. */
  readonly retryScale: number;
}

/** Moves records of a stream to a function, as Lambda's event source mapping does: one batch at a time, in order. */
export class StreamConsumer {
  readonly #options: StreamConsumerOptions;
  /** Number of writes since the last read of the stream. */
  #writes = 0;
  #running = false;
  #stopped = false;
  #closeWindow: (() => void) | undefined;

  constructor(options: StreamConsumerOptions) {
    this.#options = options;
  }

  /** Call it when the table was written to, and once at the start. */
  wake(): void {
    this.#writes++;
    if (this.#writes >= this.#options.mapping.batchSize) this.flush();
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#options.activity.begin();
    void this.#run().finally(() => {
      this.#running = false;
      this.#options.activity.end();
    });
  }

  /** Ends a batching window early. */
  flush(): void {
    this.#closeWindow?.();
  }

  stop(): void {
    this.#stopped = true;
    this.flush();
  }

  async #run(): Promise<void> {
    const { reader, checkpoint, mapping } = this.#options;
    while (this.#writes > 0 && !this.#stopped) {
      await this.#window();
      this.#writes = 0;
      try {
        for (let more = true; more && !this.#stopped; ) {
          const read = await reader.read(checkpoint.position);
          await this.#deliverAll(read.items);
          more = read.more;
        }
      } catch (error) {
        if (this.#stopped) return;
        console.error(`reading the stream for ${mapping.name} failed, trying again:`, error);
        await sleep(FIRST_BACKOFF_MS, undefined, { ref: false });
        this.#writes++;
      }
    }
  }

  async #window(): Promise<void> {
    const { mapping, activity } = this.#options;
    if (this.#writes >= mapping.batchSize || this.#stopped || activity.isAwaited) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(mapping.windowMs, GATHERING_MS));
      this.#closeWindow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#closeWindow = undefined;
  }

  async #deliverAll(items: readonly StreamItem[]): Promise<void> {
    const { mapping, checkpoint } = this.#options;
    const wanted = mapping.filters.length
      ? items.filter(({ record }) => mapping.filters.some((matches) => matches(record)))
      : items;
    for (let start = 0; start < wanted.length && !this.#stopped; start += mapping.batchSize) {
      await this.#deliver(wanted.slice(start, start + mapping.batchSize));
    }
    const last = items.at(-1);
    if (last && !this.#stopped) checkpoint.advance(last.position);
  }

  /**
   * Delivers a batch until each record was accepted or discarded after the mapping's retries; bisects if the mapping
   * does.
   */
  async #deliver(batch: readonly StreamItem[]): Promise<void> {
    const { mapping, checkpoint, retryScale } = this.#options;
    let rest = batch;
    for (let retries = 0; rest.length > 0; ) {
      const failedAt = await this.#attempt(rest);
      if (this.#stopped) return;
      if (failedAt === 'throttled') {
        if (this.#isTooOld(rest)) return this.#discard(rest, retries + 1);
        await sleep(THROTTLED_MS, undefined, { ref: false });
        continue;
      }
      const done = rest.slice(0, failedAt ?? 0);
      rest = rest.slice(done.length);
      const last = (failedAt === undefined ? batch : done).at(-1);
      if (last) checkpoint.advance(last.position);
      if (failedAt === undefined) return;
      if (mapping.bisects && rest.length > 1 && done.length === 0) {
        const middle = Math.ceil(rest.length / 2);
        await this.#deliver(rest.slice(0, middle));
        rest = rest.slice(middle);
        retries = 0;
        continue;
      }
      if (this.#isExhausted(rest, retries)) {
        // With bisection only the failed record is discarded, not those after it.
        const discarded = mapping.bisects ? rest.slice(0, 1) : rest;
        this.#discard(discarded, retries + 1);
        rest = rest.slice(discarded.length);
        retries = 0;
        continue;
      }
      retries++;
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (retries - 1), LONGEST_BACKOFF_MS);
      await sleep(backoffMs * retryScale, undefined, { ref: false });
    }
  }

  /**
   * Invokes the function once. Answers the index of the first record that failed, undefined when none did, or that the
   * function was throttled: Lambda then repeats until the records are too old, and counts no retry.
   */
  async #attempt(batch: readonly StreamItem[]): Promise<number | undefined | 'throttled'> {
    const { mapping, invoke } = this.#options;
    const event = JSON.stringify({ Records: batch.map(({ record }) => record) });
    const result = await invoke(mapping.functionArn, event);
    if ('error' in result) return result.error.errorType === 'Lambda.TooManyRequestsException' ? 'throttled' : 0;
    if (!mapping.reportsItemFailures) return undefined;
    const failures = itemFailures(result.payload);
    if (!failures) return 0;
    if (failures.length === 0) return undefined;
    const first = batch.findIndex(({ record }) => failures.includes(record.dynamodb.SequenceNumber));
    return Math.max(first, 0);
  }

  #isExhausted(batch: readonly StreamItem[], retries: number): boolean {
    const { maxRetries } = this.#options.mapping;
    return (maxRetries >= 0 && retries >= maxRetries) || this.#isTooOld(batch);
  }

  #isTooOld([first]: readonly StreamItem[]): boolean {
    const createdAt = (first?.record.dynamodb.ApproximateCreationDateTime ?? 0) * 1000;
    return Date.now() - createdAt > this.#options.mapping.maxAgeMs;
  }

  /** Skips records. As in Lambda, the failure record contains their positions in the stream, not the records. */
  #discard(batch: readonly StreamItem[], attempts: number): void {
    const { mapping, sendFailure, checkpoint } = this.#options;
    const [first, last] = [batch[0], batch.at(-1)];
    if (!first || !last) return;
    const arrival = (item: StreamItem) =>
      new Date(item.record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
    const record = {
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: {
        functionArn: mapping.functionArn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: attempts,
      },
      DDBStreamBatchInfo: {
        shardId: first.position.shardId,
        startSequenceNumber: first.position.sequenceNumber,
        endSequenceNumber: last.position.sequenceNumber,
        approximateArrivalOfFirstRecord: arrival(first),
        approximateArrivalOfLastRecord: arrival(last),
        batchSize: batch.length,
        streamArn: mapping.streamArn,
      },
    };
    if (mapping.onFailureArn) sendFailure(mapping.onFailureArn, JSON.stringify(record));
    checkpoint.advance(last.position);
  }
}
