import type { StoreUse } from '../dynamodb/store-use.ts';
import type { FromHost } from './host.ts';

/** How long the runner may have to wait for news of the store when nothing else is to be said. */
const LONGEST_WAIT_MS = 5;

/**
 * What a host has to say to the runner. To wake it costs more than a message: what is said in one turn of the event loop goes
 * together, and how the store was used waits until something else is said, and goes ahead of it.
 */
export class Outbox {
  readonly #send: (messages: readonly FromHost[]) => void;
  #messages: FromHost[] = [];
  #uses: StoreUse[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (messages: readonly FromHost[]) => void) {
    this.#send = send;
  }

  post(message: FromHost): void {
    if (this.#messages.push(message) === 1) setImmediate(() => this.#flush());
  }

  /** The store was used: no cause to wake anybody. */
  note(use: StoreUse): void {
    this.#uses.push(use);
    this.#timer ??= setTimeout(() => this.#flush(), LONGEST_WAIT_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [messages, uses] = [this.#messages, this.#uses];
    this.#messages = [];
    this.#uses = [];
    if (uses.length > 0) messages.unshift(['used', uses]);
    // Those that had waited for the turn to end may have gone with the timer.
    if (messages.length > 0) this.#send(messages);
  }
}
