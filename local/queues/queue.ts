import { randomUUID } from 'node:crypto';
import type { Activity } from '../activity.ts';
import type { Journal } from '../journal.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** Milliseconds of the Unix clock. */
  readonly sentAt: number;
  /** ARN of the queue that moved the message here after its last receive. */
  readonly source?: string;
  /** Custom attributes; all are texts. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Number of receives. */
  receives: number;
  /** Milliseconds of the Unix clock; 0 before the first receive. */
  firstReceivedAt: number;
}

/** What a journal keeps of a message. */
type StoredMessage = Pick<Message, 'id' | 'body' | 'sentAt' | 'source' | 'attributes'>;

/** A line of the queues' journal, from which they are filled again after a crash. */
export type QueueEntry =
  | ({ readonly op: 'sent'; readonly queue: string } & StoredMessage)
  | { readonly op: 'deleted'; readonly queue: string; readonly id: string };

/** What a sender may say beside the body. */
export type SendOptions = Pick<Message, 'source' | 'attributes'> & { readonly delayMs?: number | undefined };
/** Where a queue keeps its messages. */
export type QueueJournal = Pick<Journal<QueueEntry>, 'append' | 'note'>;

export interface QueueSettings {
  readonly name: string;
  /** Absent for a queue of the runner's own. */
  readonly arn?: string;
  readonly visibilityTimeoutMs?: number;
  readonly delayMs?: number;
  /** Receives after which a message that is released goes to the dead-letter queue. */
  readonly maxReceives?: number;
  readonly deadLetters?: () => Queue | undefined;
}

/** Limit of messages in flight in SQS. A local queue with more indicates a defect. */
const MAX_MESSAGES = 120_000;

/**
 * A standard queue. A received message is hidden until it is deleted or released. Nothing here polls: a consumer is
 * called when a message becomes visible.
 */
export class Queue {
  readonly name: string;
  readonly visibilityTimeoutMs: number;
  readonly #settings: QueueSettings;
  readonly #journal: QueueJournal;
  readonly #activity: Activity;
  readonly #messages = new Map<string, Message>();
  readonly #visible = new Set<Message>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isConsumed = false;
  #listeners: (() => void)[] = [];

  constructor(settings: QueueSettings, journal: QueueJournal, activity: Activity) {
    this.name = settings.name;
    this.visibilityTimeoutMs = settings.visibilityTimeoutMs ?? 0;
    this.#settings = settings;
    this.#journal = journal;
    this.#activity = activity;
  }

  /** Calls `onVisible` for each message that becomes visible, and counts the queue's messages as work under way. */
  consume(onVisible: () => void): void {
    this.#isConsumed = true;
    this.#activity.begin(this.#messages.size);
    this.onVisible(onVisible);
    if (this.#visible.size > 0) onVisible();
  }

  onVisible(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Accepts a message. It survives the end of this process once this returns. Throws when it cannot be stored. */
  send(body: string, { delayMs = this.#settings.delayMs ?? 0, source, attributes }: SendOptions = {}): Message {
    if (this.#messages.size >= MAX_MESSAGES) throw new Error(`queue ${this.name} is full`);
    const stored: StoredMessage = {
      ...{ id: randomUUID(), body, sentAt: Date.now() },
      ...(source !== undefined && { source }),
      ...(attributes && { attributes }),
    };
    this.#journal.append({ op: 'sent', queue: this.name, ...stored });
    const message = { ...stored, receives: 0, firstReceivedAt: 0 };
    this.#add(message, delayMs);
    return message;
  }

  /** Restores a message of an earlier run. */
  restore({ id, body, sentAt, source, attributes }: StoredMessage): void {
    const more = { ...(source !== undefined && { source }), ...(attributes && { attributes }) };
    this.#add({ id, body, sentAt, ...more, receives: 0, firstReceivedAt: 0 }, 0);
  }

  /** Up to `max` visible messages, oldest first. They are hidden until deleted or released. */
  receive(max: number): Message[] {
    const received: Message[] = [];
    for (const message of this.#visible) {
      if (received.length === max) break;
      this.#visible.delete(message);
      message.receives++;
      message.firstReceivedAt ||= Date.now();
      received.push(message);
    }
    return received;
  }

  /** A message that has been received and not deleted since. */
  received(id: string): Message | undefined {
    const message = this.#messages.get(id);
    return message && !this.#visible.has(message) && message.receives > 0 ? message : undefined;
  }

  delete(id: string): void {
    const message = this.#messages.get(id);
    if (!message) return;
    this.#messages.delete(id);
    this.#visible.delete(message);
    this.#journal.note({ op: 'deleted', queue: this.name, id });
    if (this.#isConsumed) this.#activity.end();
  }

  /**
   * Ends a receive without deleting: the message is visible again after the delay, or goes to the dead-letter queue.
   */
  release(message: Message, delayMs: number): void {
    if (!this.#messages.has(message.id)) return;
    const { deadLetters, maxReceives = Number.POSITIVE_INFINITY } = this.#settings;
    const target = message.receives >= maxReceives ? deadLetters?.() : undefined;
    if (target && this.#moveTo(target, message)) return;
    this.#showAfter(message, delayMs);
  }

  /** Whether the other queue has taken the message. One that it cannot store stays here. */
  #moveTo(target: Queue, message: Message): boolean {
    try {
      target.send(message.body, { ...(this.#settings.arn !== undefined && { source: this.#settings.arn }) });
    } catch (error) {
      console.error(`a message of ${this.name} cannot be moved to ${target.name} now:`, (error as Error).message);
      return false;
    }
    this.delete(message.id);
    return true;
  }

  /** The number of visible messages, and of all messages (visible, hidden and delayed). */
  get counts(): { readonly visible: number; readonly total: number } {
    return { visible: this.#visible.size, total: this.#messages.size };
  }

  get messages(): Iterable<Message> {
    return this.#messages.values();
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#listeners = [];
  }

  #add(message: Message, delayMs: number): void {
    this.#messages.set(message.id, message);
    if (this.#isConsumed) this.#activity.begin();
    this.#showAfter(message, delayMs);
  }

  #showAfter(message: Message, delayMs: number): void {
    if (delayMs <= 0) {
      this.#show(message);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#show(message);
    }, delayMs);
    this.#timers.add(timer);
  }

  #show(message: Message): void {
    if (!this.#messages.has(message.id)) return;
    this.#visible.add(message);
    for (const listener of this.#listeners) listener();
  }
}
