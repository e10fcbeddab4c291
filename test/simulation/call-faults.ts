import type { CallHook, StoreCall } from '../../bench/inventory-simulator/memory-stores.ts';
import type { Random } from '../../bench/inventory-simulator/random.ts';
import type { VirtualTime } from '../../bench/inventory-simulator/virtual-time.ts';
import { TransientFault } from '../../functions/shared/kernel/faults.ts';

/** Shares of the operations that meet a fault, and of their calls. */
const crashing = 0.04;
const freezing = 0.06;
const faulty = 0.25;
const faultOfCall = 0.2;

/**
 * Milliseconds. The longest freeze of a worker is well beyond the age at which a sweep treats its entries as abandoned.
 */
const callMs = 12;
const frozenMs = 16_000;
/** Number of first calls of an operation, one of which may be its last. */
const callsBeforeCrash = 6;

/** Reads change nothing: a read can only fail. */
const reads: ReadonlySet<string> = new Set<StoreCall>([
  ...(['find', 'readStock', 'plansAndLocations', 'plansAndQueues', 'planAndRecord', 'read'] as const),
  ...(['boundAmong', 'readSnapshot', 'hotSkus', 'inOrder', 'totals'] as const),
]);
/** These calls have no answer for a conflict. */
const failsOnConflict: ReadonlySet<string> = new Set<StoreCall>(['forget', 'wake']);
/** Sent once by their clients, so that no client repeats them later. */
const sentOnce: ReadonlySet<string> = new Set<StoreCall>(['debit', 'hold']);
/** The answer of a call that conflicts with another one. */
const conflictAnswers: Readonly<Record<string, unknown>> = {
  write: 'changed',
  dropEntries: undefined,
  writeSnapshot: undefined,
  claimRead: false,
};

/** The faults of one operation's calls: delays, lost answers, repetitions, freezing, and a crash. */
export class CallFaults {
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #crash: { readonly at: number; readonly after: boolean } | undefined;
  /** The number of a call, or `hold`: the units are taken and the reservation is about to be written. */
  #freezesAt: number | 'hold' | undefined;
  readonly #faulty: boolean;
  #calls = 0;
  #crashed = false;

  constructor(random: Random, time: VirtualTime, calls = callsBeforeCrash) {
    this.#random = random;
    this.#time = time;
    this.#crash = random.chance(crashing) ? { at: random.below(calls), after: random.chance(0.5) } : undefined;
    const moment = random.chance(0.5) ? 'hold' : random.below(calls);
    this.#freezesAt = random.chance(freezing) ? moment : undefined;
    this.#faulty = random.chance(faulty);
  }

  /** For operations without faults. */
  static none(time: VirtualTime): Pick<CallFaults, 'around'> {
    return { around: (_, __, proceed) => time.sleep(1).then(proceed) };
  }

  readonly around: CallHook = async (call, _, proceed) => {
    const number = this.#calls++;
    const last = this.#crash?.at === number ? this.#crash : undefined;
    if (number === this.#freezesAt || call === this.#freezesAt) {
      this.#freezesAt = undefined;
      await this.#time.sleep(this.#random.next() * frozenMs);
    }
    await this.#time.sleep(this.#random.next() * callMs);
    if (last?.after === false) this.#crashed = true;
    if (this.#crashed) return neverEnds();
    const answer = await this.#send(call, proceed);
    if (last !== undefined) this.#crashed = true;
    await this.#time.sleep(this.#random.next() * callMs);
    return this.#crashed ? neverEnds() : answer;
  };

  async #send<Answer>(call: string, proceed: () => Promise<Answer>): Promise<Answer> {
    if (!this.#faulty || !this.#random.chance(faultOfCall)) return proceed();
    const dice = this.#random.next();
    if (dice < 0.2) throw new TransientFault('never sent');
    if (dice < 0.6) {
      await proceed();
      throw new TransientFault('the answer was lost');
    }
    if (reads.has(call)) return proceed();
    if (dice < 0.8 && failsOnConflict.has(call)) throw new TransientFault('another request was writing the item');
    if (dice < 0.8) return (call in conflictAnswers ? conflictAnswers[call] : { outcome: 'contended' }) as Answer;
    if (sentOnce.has(call)) return proceed();
    await proceed();
    await this.#time.sleep(this.#random.next() * callMs);
    return proceed();
  }
}

/** The pending call of a crashed process: it never ends. */
function neverEnds(): Promise<never> {
  return new Promise(() => undefined);
}
