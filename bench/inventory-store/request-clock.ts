import type { Pace } from '../../functions/shared/kernel/backoff.ts';
import { type Clock, toInstant } from '../../functions/shared/kernel/time.ts';
import type { Client } from '../../functions/shared/table-access.ts';

/** Time that a request from a function to DynamoDB in the same region takes. */
const requestMs = 5;

/**
 * A clock that advances with the requests of a number of clients, as if each took five milliseconds. The load of the
 * machine then changes how long a run takes, but not what ages and waits mean in it.
 */
export class RequestClock {
  readonly #msPerRequest: number;
  readonly #sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  #nowMs = Date.now();
  #underWay = 0;

  constructor(clients: number) {
    this.#msPerRequest = requestMs / clients;
  }

  readonly clock: Clock = () => toInstant(Math.floor(this.#nowMs));

  readonly pace: Pace = {
    random: Math.random,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        this.#sleepers.push({ until: this.#nowMs + milliseconds, wake });
        this.#sleepers.sort((a, b) => a.until - b.until);
        setImmediate(() => this.#pass(0));
      }),
  };

  /** The same client, whose requests advance the clock. */
  timed(client: Client): Client {
    const send = async (command: unknown) => {
      this.#underWay += 1;
      try {
        return await (client.send as (command: unknown) => Promise<unknown>)(command);
      } finally {
        this.#underWay -= 1;
        this.#pass(this.#msPerRequest);
        // By then the client that got this answer has sent its next request.
        setImmediate(() => this.#pass(0));
      }
    };
    return { send } as unknown as Client;
  }

  #pass(milliseconds: number): void {
    this.#nowMs += milliseconds;
    const [first] = this.#sleepers;
    // When every client sleeps, no request advances the clock.
    if (first !== undefined && milliseconds === 0 && this.#underWay === 0) {
      this.#nowMs = Math.max(this.#nowMs, first.until);
    }
    while (this.#sleepers[0] !== undefined && this.#sleepers[0].until <= this.#nowMs) this.#sleepers.shift()?.wake();
  }
}
