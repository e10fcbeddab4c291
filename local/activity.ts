/** Counts work under way (messages, stream batches, executions, invocations), so that a test can wait until there is none. */
export class Activity {
  #pending = 0;
  #waiting: (() => void)[] = [];

  /** Work began. Each call needs one call of `end` with the same count. */
  begin(count = 1): void {
    this.#pending += count;
  }

  end(count = 1): void {
    this.#pending -= count;
    if (this.#pending > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Whether `idle` is being waited for. Consumers then skip their batching windows. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Resolves when nothing is under way, and nothing began in the same turn of the event loop either.
   * @param flush called whenever the wait begins, to end batching windows early
   */
  async idle(flush: () => void = () => undefined): Promise<void> {
    do {
      if (this.#pending > 0) {
        const ended = new Promise<void>((resolve) => this.#waiting.push(resolve));
        flush();
        await ended;
      }
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#pending > 0);
  }
}
