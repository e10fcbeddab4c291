/**
 * Counts work under way (messages, stream batches, executions, invocations), so that a test can wait for the end of
 * everything instead of sleeping.
 */
export class Activity {
  #pending = 0;
  #waiting: (() => void)[] = [];

  /** Something began. Whoever calls this calls `end` once. */
  begin(count = 1): void {
    this.#pending += count;
  }

  end(count = 1): void {
    this.#pending -= count;
    if (this.#pending > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get isIdle(): boolean {
    return this.#pending === 0;
  }

  /** Resolves when nothing is under way, and nothing began in the same turn of the event loop either. */
  async idle(): Promise<void> {
    for (;;) {
      if (!this.isIdle) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      if (this.isIdle) return;
    }
  }
}
