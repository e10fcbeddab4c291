import { randomUUID } from 'node:crypto';
import type { Activity } from '../activity.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** Milliseconds of the Unix clock. */
  readonly sentAt: number;
  receives: number;
  firstReceivedAt: number;
}

/** What a queue writes down, so that it can be filled again after a crash. */
export type QueueEntry =
  | { readonly op: 'sent'; readonly queue: string; readonly id: string; readonly body: string; readonly sentAt: number }
  | { readonly op: 'deleted'; readonly queue: string; readonly id: string };

export interface QueueSettings {
  readonly name: string;
  readonly visibilityTimeoutMs: number;
  readonly delayMs: number;
  readonly maxReceives: number;
  /** Where a message goes that was received `maxReceives` times in vain. */
  readonly deadLetters: () => Queue | undefined;
}

/** SQS takes no more messages in flight; far more than this and something is wrong. */
const MAX_MESSAGES = 120_000;

/**
 * A standard queue. A message taken is hidden until it is deleted or released; nothing here polls: whoever consumes
 * is told when a message becomes visible.
 */
export class Queue {
  readonly settings: QueueSettings;
  readonly #write: (entry: QueueEntry) => void;
  readonly #activity: Activity;
  readonly #messages = new Map<string, Message>();
  readonly #ready = new Set<Message>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #consumed = false;
  #onVisible: (() => void)[] = [];

  constructor(settings: QueueSettings, write: (entry: QueueEntry) => void, activity: Activity) {
    this.settings = settings;
    this.#write = write;
    this.#activity = activity;
  }

  /** Counts messages as work under way from now on: somebody in this process takes them. */
  consume(onVisible: () => void): void {
    this.#consumed = true;
    this.#activity.begin(this.#messages.size);
    this.onVisible(onVisible);
    if (this.#ready.size > 0) onVisible();
  }

  onVisible(listener: () => void): void {
    this.#onVisible.push(listener);
  }

  /** Takes a message in. It is kept durably when this returns. */
  send(body: string, delayMs = this.settings.delayMs): Message {
    if (this.#messages.size >= MAX_MESSAGES) throw new Error(`queue ${this.settings.name} is full`);
    const message = { id: randomUUID(), body, sentAt: Date.now(), receives: 0, firstReceivedAt: 0 };
    this.#write({ op: 'sent', queue: this.settings.name, id: message.id, body, sentAt: message.sentAt });
    this.#add(message, delayMs);
    return message;
  }

  /** Puts a message of the last run back. */
  restore({ id, body, sentAt }: { id: string; body: string; sentAt: number }): void {
    this.#add({ id, body, sentAt, receives: 0, firstReceivedAt: 0 }, 0);
  }

  /** Takes up to `max` visible messages, oldest first; they stay hidden until deleted or released. */
  take(max: number): Message[] {
    const taken: Message[] = [];
    for (const message of this.#ready) {
      if (taken.length === max) break;
      this.#ready.delete(message);
      message.receives++;
      message.firstReceivedAt ||= Date.now();
      taken.push(message);
    }
    return taken;
  }

  delete(id: string): void {
    const message = this.#messages.get(id);
    if (!message) return;
    this.#messages.delete(id);
    this.#ready.delete(message);
    this.#write({ op: 'deleted', queue: this.settings.name, id });
    if (this.#consumed) this.#activity.end();
  }

  /** Gives a taken message back: visible again after the delay, or a dead letter when it was received often enough. */
  release(message: Message, delayMs: number): void {
    if (!this.#messages.has(message.id)) return;
    const deadLetters = this.settings.deadLetters();
    if (deadLetters && message.receives >= this.settings.maxReceives) {
      deadLetters.send(message.body);
      this.delete(message.id);
      return;
    }
    this.#showAfter(message, delayMs);
  }

  /** Visible messages, and all there are (visible, hidden and delayed). */
  get counts(): { readonly visible: number; readonly total: number } {
    return { visible: this.#ready.size, total: this.#messages.size };
  }

  get messages(): Iterable<Message> {
    return this.#messages.values();
  }

  find(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#onVisible = [];
  }

  #add(message: Message, delayMs: number): void {
    this.#messages.set(message.id, message);
    if (this.#consumed) this.#activity.begin();
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
    this.#ready.add(message);
    for (const listener of this.#onVisible) listener();
  }
}
