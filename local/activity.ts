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

  /** Whether somebody waits for the end: nothing should be put off then. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Resolves when nothing is under way, and nothing began in the same turn of the event loop either.
   * @param hurry called whenever the wait begins, to end what was put off
   */
  async idle(hurry: () => void = () => undefined): Promise<void> {
    do {
      if (this.#pending > 0) {
        const ended = new Promise<void>((resolve) => this.#waiting.push(resolve));
        hurry();
        await ended;
      }
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#pending > 0);
  }
}
