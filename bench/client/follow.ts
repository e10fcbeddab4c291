import { setTimeout } from 'node:timers/promises';

/** Recent waits that the next one is guessed from, and the share of them that had ended when the first question comes. */
const remembered = 32;
const endedShare = 0.75;
const minPauseMs = 4;
const maxPauseMs = 500;
const giveUpMs = 120_000;

/** Time, in milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => setTimeout(ms) };

/**
 * Asks until something has happened. Every question costs the measured system a call, so the first one comes when most
 * of the recent waits had ended, and the next ones after pauses that grow.
 */
export class Follower {
  readonly #clock: Clock;
  readonly #waits: number[] = [];
  questions = 0;

  constructor(clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * @param ask the state now
   * @param doneAt when it was done, in milliseconds of the Unix clock, by the state itself; undefined while it is not
   * @returns the first state that is done
   * @throws Error when it is not done after two minutes
   */
  async until<State>(ask: () => Promise<State>, doneAt: (state: State) => number | undefined): Promise<State> {
    const start = this.#clock.now();
    await this.#clock.sleep(this.#typicalWait());
    let pause = Math.max(minPauseMs, this.#typicalWait() / 4);
    for (;;) {
      this.questions += 1;
      const state = await ask();
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
    return sorted[Math.floor((sorted.length - 1) * endedShare)] ?? minPauseMs;
  }
}
