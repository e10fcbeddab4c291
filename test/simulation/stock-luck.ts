import type { CallHook, StoreCall } from '../../bench/inventory-simulator/memory-stores.ts';
import type { Random } from '../../bench/inventory-simulator/random.ts';
import type { VirtualTime } from '../../bench/inventory-simulator/virtual-time.ts';
import { TransientFault } from '../../functions/shared/kernel/faults.ts';

/** Shares of the operations that meet with something, and of their calls. */
const crashes = 0.04;
const freezes = 0.06;
const troubles = 0.25;
const troubleOfACall = 0.2;

/** Milliseconds. The longest time that a worker stands still is well beyond what makes a sweep take it for gone. */
const callMs = 12;
const frozenMs = 16_000;
/** Calls of an operation, one of which may be its last. */
const callsToDieAt = 6;

/** Reads change nothing: they may fail, and no more. */
const reads: ReadonlySet<string> = new Set<StoreCall>([
  ...(['find', 'readStock', 'plansAndLocations', 'plansAndQueues', 'planAndRecord', 'read'] as const),
  ...(['boundAmong', 'readSnapshot', 'hotSkus'] as const),
]);
/** Sent once by their clients: nothing repeats them later. */
const sentOnce: ReadonlySet<string> = new Set<StoreCall>(['debit', 'hold']);
/** What a call that met others answers. */
const turnedAway: Readonly<Record<string, unknown>> = {
  write: 'changed',
  dropEntries: undefined,
  writeSnapshot: undefined,
};

/** What happens to the calls of one operation: delays, lost answers, repetitions, standing still, death. */
export class Luck {
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #dies: { readonly at: number; readonly after: boolean } | undefined;
  /** A number, or the moment when the units are taken and the reservation is about to be written. */
  #freezesAt: number | 'hold' | undefined;
  readonly #troubled: boolean;
  #calls = 0;
  #dead = false;

  constructor(random: Random, time: VirtualTime) {
    this.#random = random;
    this.#time = time;
    this.#dies = random.chance(crashes) ? { at: random.below(callsToDieAt), after: random.chance(0.5) } : undefined;
    const moment = random.chance(0.5) ? 'hold' : random.below(callsToDieAt);
    this.#freezesAt = random.chance(freezes) ? moment : undefined;
    this.#troubled = random.chance(troubles);
  }

  /** For whoever only has to be done. */
  static none(time: VirtualTime): Pick<Luck, 'around'> {
    return { around: (_, __, proceed) => time.sleep(1).then(proceed) };
  }

  readonly around: CallHook = async (call, _, proceed) => {
    const number = this.#calls++;
    const last = this.#dies?.at === number ? this.#dies : undefined;
    if (number === this.#freezesAt || call === this.#freezesAt) {
      this.#freezesAt = undefined;
      await this.#time.sleep(this.#random.next() * frozenMs);
    }
    await this.#time.sleep(this.#random.next() * callMs);
    if (last?.after === false) this.#dead = true;
    if (this.#dead) return death();
    const answer = await this.#send(call, proceed);
    if (last !== undefined) this.#dead = true;
    await this.#time.sleep(this.#random.next() * callMs);
    return this.#dead ? death() : answer;
  };

  async #send<Answer>(call: string, proceed: () => Promise<Answer>): Promise<Answer> {
    if (!this.#troubled || !this.#random.chance(troubleOfACall)) return proceed();
    const dice = this.#random.next();
    if (dice < 0.2) throw new TransientFault('never sent');
    if (dice < 0.6) {
      await proceed();
      throw new TransientFault('the answer was lost');
    }
    if (reads.has(call)) return proceed();
    if (dice < 0.8) return (call in turnedAway ? turnedAway[call] : { outcome: 'contended' }) as Answer;
    if (sentOnce.has(call)) return proceed();
    await proceed();
    await this.#time.sleep(this.#random.next() * callMs);
    return proceed();
  }
}

/** Nothing that was begun is carried on. */
function death(): Promise<never> {
  return new Promise(() => undefined);
}
