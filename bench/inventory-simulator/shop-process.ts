import {
  holdStock,
  type ReserveAnswer,
  type ReserveDependencies,
  releaseReservation,
  reserveDependencies,
  reserveProcess,
  type StockRequest,
} from '../../functions/inventory/reservations/index.ts';
import { sweepJournals } from '../../functions/inventory/sharding/index.ts';
import type { Instant } from '../../functions/shared/kernel/time.ts';
import { Crash } from './fleet.ts';
import { type CallHook, type MemoryStores, memoryStores } from './memory-stores.ts';
import { holdNaively } from './naive.ts';
import type { Random } from './random.ts';
import type { SimulatedStore } from './simulated-store.ts';
import type { VirtualTime } from './virtual-time.ts';

export type Algorithm = 'T' | 'J' | 'naive';

/** Faults of processes while they serve requests. */
export interface ProcessFaults {
  /** Share of the requests whose process crashes before or after one of its first calls. */
  readonly crashes: number;
  /** Share of the requests whose process is frozen before it writes the reservation, for up to `frozenMs`. */
  readonly frozen: number;
  readonly frozenMs: number;
}

export const noFaults: ProcessFaults = { crashes: 0, frozen: 0, frozenMs: 0 };

/** The time at which every simulation begins: a real clock never shows zero. */
export const opening = Date.parse('2026-11-27T00:00:00.000Z');
/** Calls of a request, one of which may be its last. */
const callsBeforeCrash = 4;

/** What a process runs, and which faults it meets. */
export interface ProcessKind {
  readonly algorithm: Algorithm;
  readonly faults: ProcessFaults;
  readonly adaptive: boolean;
}

/** One execution environment: the production code with its own caches, home shard, pace and faults. */
export class ShopProcess {
  readonly #stores: MemoryStores;
  readonly #dependencies: ReserveDependencies;
  readonly #hold: typeof holdStock;
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #faults: ProcessFaults;
  #calls = 0;
  #dies: { readonly at: number; readonly after: boolean } | undefined;
  #freezes = false;
  #die: (crash: Crash) => void = () => undefined;

  constructor(store: Pick<SimulatedStore, 'items' | 'send'>, time: VirtualTime, random: Random, kind: ProcessKind) {
    const { algorithm, faults, adaptive } = kind;
    this.#random = random;
    this.#time = time;
    this.#faults = faults;
    this.#stores = memoryStores({
      items: store.items,
      send: store.send,
      ...(faults.crashes + faults.frozen > 0 && { around: this.#suffer }),
    });
    const dependencies = reserveDependencies(this.#stores, processOf(time, random));
    // The number of shards is fixed: the production code runs without the part that changes the plan.
    const fixed = { ...dependencies, contention: { met: async () => undefined } };
    this.#dependencies = adaptive ? dependencies : fixed;
    this.#hold = algorithm === 'naive' ? holdNaively : holdStock;
  }

  reserve(request: StockRequest, now: Instant): Promise<ReserveAnswer> {
    return this.#serve(() => this.#hold(request, now, this.#dependencies));
  }

  release(orderId: string): Promise<unknown> {
    return releaseReservation(orderId, 'unshipped', {
      reservations: this.#stores.reservations,
      pace: this.#dependencies.pace,
    });
  }

  sweep(skus: readonly string[]): Promise<unknown> {
    return sweepJournals(skus, { ...this.#dependencies, plans: this.#stores.planStore });
  }

  /**
   * Serves one request.
   *
   * @throws Crash when the process crashed; what it had begun stays unfinished.
   */
  async #serve<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const { crashes, frozen } = this.#faults;
    if (crashes + frozen === 0) return work();
    this.#calls = 0;
    this.#freezes = this.#random.chance(frozen);
    this.#dies = this.#random.chance(crashes)
      ? { at: this.#random.below(callsBeforeCrash), after: this.#random.chance(0.5) }
      : undefined;
    const death = new Promise<never>((_, reject) => {
      this.#die = reject;
    });
    return Promise.race([work(), death]);
  }

  readonly #suffer: CallHook = async (call, _, proceed) => {
    const number = this.#calls++;
    const last = this.#dies?.at === number ? this.#dies : undefined;
    if (last !== undefined && !last.after) return this.#end();
    if (call === 'hold' && this.#freezes) {
      this.#freezes = false;
      await this.#time.sleep(this.#random.next() * this.#faults.frozenMs);
    }
    const answer = await proceed();
    return last === undefined ? answer : this.#end();
  };

  /** Ends the process: the pending call never returns, so that nothing continues. */
  #end(): Promise<never> {
    this.#die(new Crash('the process died'));
    return new Promise(() => undefined);
  }
}

/** The state of an execution environment whose pace, clock and nonces are simulated. */
export function processOf(time: VirtualTime, random: Random, nonce = () => nonceOf(random)) {
  const pace = { random: () => random.next(), sleep: (milliseconds: number) => time.sleep(milliseconds) };
  return reserveProcess({ pace, nonce, nowMs: () => opening + time.nowMs });
}

/** Ten characters of 36, as production makes them. */
function nonceOf(random: Random): string {
  let nonce = '';
  while (nonce.length < 10)
    nonce += Math.floor(random.next() * 36 ** 5)
      .toString(36)
      .padStart(5, '0');
  return nonce;
}
