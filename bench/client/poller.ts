import { setTimeout } from 'node:timers/promises';

/** The first poll comes after a quantile of this many recent waits. */
const remembered = 32;
const quantile = 0.75;
const minPauseMs = 4;
const maxPauseMs = 500;
const giveUpMs = 120_000;

/** Times are in milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => setTimeout(ms) };

/**
 * Polls until a state is reached. Every poll is load on the measured system, so the first one comes after the time in
 * which most of the recent waits had ended, and the next ones after growing pauses.
 */
export class Poller {
  readonly #clock: Clock;
  readonly #waits: number[] = [];
  /** Polls so far, of all waits. */
  polls = 0;

  constructor(clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * @param read gets the current state
   * @param doneAt the time at which the state was reached, from the state itself, in Unix milliseconds; undefined before
   * @returns the first state with a `doneAt`
   * @throws Error after two minutes without one
   */
  async until<State>(read: () => Promise<State>, doneAt: (state: State) => number | undefined): Promise<State> {
    const start = this.#clock.now();
    await this.#clock.sleep(this.#typicalWait());
    let pause = Math.max(minPauseMs, this.#typicalWait() / 4);
    for (;;) {
      this.polls += 1;
      const state = await read();
      const done = doneAt(state);
      if (done !== undefined) {
        this.#remember(done - start);
        return state;
      }
      if (this.#clock.now() - start > giveUpMs)
        throw new Error(`not done after ${giveUpMs} ms: ${JSON.stringify(state)}`);
      await this.#clock.sleep(pause);
      pause = Math.min(maxPauseMs, pause * 1.5);
    }
  }

  #remember(ms: number): void {
    this.#waits.push(Math.max(0, ms));
    if (this.#waits.length > remembered) this.#waits.shift();
  }

  #typicalWait(): number {
    const sorted = [...this.#waits].sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) * quantile)] ?? minPauseMs;
  }
}
