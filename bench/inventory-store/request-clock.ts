import type { Pace } from '../../functions/shared/kernel/backoff.ts';
import { type Clock, toInstant } from '../../functions/shared/kernel/time.ts';
import type { Client } from '../../functions/shared/table-access.ts';

/** What a request to DynamoDB takes from a function beside it. */
const requestMs = 5;

/**
 * Time that passes with the requests of a number of clients, as if each took five milliseconds: a machine that is busy
 * with other things then changes how long a run takes, and not what ages and waits mean in it.
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

  /** The same client, whose requests make time pass. */
  timed(client: Client): Client {
    const send = async (command: unknown) => {
      this.#underWay += 1;
      try {
        return await (client.send as (command: unknown) => Promise<unknown>)(command);
      } finally {
        this.#underWay -= 1;
        this.#pass(this.#msPerRequest);
        // Whoever got this answer has his next request on its way by then.
        setImmediate(() => this.#pass(0));
      }
    };
    return { send } as unknown as Client;
  }

  #pass(milliseconds: number): void {
    this.#nowMs += milliseconds;
    const [first] = this.#sleepers;
    // When everybody sleeps, nothing else makes time pass.
    if (first !== undefined && milliseconds === 0 && this.#underWay === 0) {
      this.#nowMs = Math.max(this.#nowMs, first.until);
    }
    while (this.#sleepers[0] !== undefined && this.#sleepers[0].until <= this.#nowMs) this.#sleepers.shift()?.wake();
  }
}
