import { join } from 'node:path';
import type { Activity } from '../activity.ts';
import { Journal } from '../journal.ts';
import type { QueueModel } from '../template/app.ts';
import { Queue, type QueueEntry, type QueueSettings } from './queue.ts';

/** All queues of the app and the runner's own, with the journal that they share. */
export class Queues {
  readonly models: readonly QueueModel[];
  readonly #byArn = new Map<string, Queue>();
  readonly #byName = new Map<string, Queue>();
  readonly #journal: Journal<QueueEntry>;
  readonly #activity: Activity;

  /** @param dataDir where the journal is; undefined stores nothing */
  constructor(models: readonly QueueModel[], dataDir: string | undefined, activity: Activity) {
    this.models = models;
    this.#activity = activity;
    this.#journal = new Journal(dataDir && join(dataDir, 'queues.ndjson'), () => this.#remaining());
    for (const { name, arn, visibilityTimeoutMs, delayMs, redrive } of models) {
      const settings = { name, arn, visibilityTimeoutMs, delayMs };
      const deadLetters = redrive && {
        maxReceives: redrive.maxReceives,
        deadLetters: () => this.byArn(redrive.targetArn),
      };
      this.#byArn.set(arn, this.add({ ...settings, ...deadLetters }));
    }
  }

  /** Adds a queue that the app does not declare. */
  add(settings: QueueSettings): Queue {
    const queue = new Queue(settings, this.#journal, this.#activity);
    this.#byName.set(settings.name, queue);
    return queue;
  }

  /** Restores the messages of the last run. Messages of queues that the app no longer has are dropped. */
  restore(): void {
    const remaining = new Map<string, QueueEntry & { op: 'sent' }>();
    for (const entry of this.#journal.replay()) {
      if (entry.op === 'sent') remaining.set(entry.id, entry);
      else remaining.delete(entry.id);
    }
    for (const entry of remaining.values()) this.#byName.get(entry.queue)?.restore(entry);
  }

  /** The queue of an ARN. Throws when the app has none. */
  byArn(arn: string): Queue {
    const queue = this.#byArn.get(arn);
    if (!queue) throw new Error(`no queue ${arn}`);
    return queue;
  }

  byName(name: string): Queue | undefined {
    return this.#byName.get(name);
  }

  /** The queues without a dead-letter queue of their own, in which failed messages end. */
  get deadLetterQueues(): Queue[] {
    return this.models.filter(({ redrive }) => !redrive).map(({ arn }) => this.byArn(arn));
  }

  stop(): void {
    for (const queue of this.#byName.values()) queue.stop();
    this.#journal.close();
  }

  *#remaining(): Iterable<QueueEntry> {
    for (const [queue, { messages }] of this.#byName) {
      for (const { receives: _, firstReceivedAt: __, ...stored } of messages) yield { op: 'sent', queue, ...stored };
    }
  }
}
