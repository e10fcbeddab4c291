import { ShortMemory } from '../../functions/inventory/availability/commands/short-memory.ts';
import { shardedStockStore } from '../../functions/inventory/ledger/commands/sharded-stock-store.ts';
import { reserveStock } from '../../functions/inventory/reservations/commands/hold-stock.ts';
import { HomeShard, type Surroundings } from '../../functions/inventory/reservations/commands/survey-stock.ts';
import type { StockStore } from '../../functions/inventory/reservations/domain/stock-store.ts';
import type { StockTable } from '../../functions/inventory/sharding/commands/stock-table.ts';
import { Crash } from './fleet.ts';
import { type CallHook, memoryStockTable } from './memory-stock-table.ts';
import { reserveNaively } from './naive.ts';
import type { Random } from './random.ts';
import type { SimulatedStore } from './simulated-store.ts';
import type { VirtualTime } from './virtual-time.ts';

export type Algorithm = 'T' | 'J' | 'naive';

/** What happens to processes while they serve a request. */
export interface Misfortunes {
  /** Share of the requests whose process dies before or after one of its first calls. */
  readonly crashes: number;
  /** Share of the requests whose process stands still before it writes the reservation, for up to `frozenMs`. */
  readonly frozen: number;
  readonly frozenMs: number;
}

export const noMisfortunes: Misfortunes = { crashes: 0, frozen: 0, frozenMs: 0 };

/** The moment at which every simulation begins: the clock of a machine never stands at zero. */
export const opening = Date.parse('2026-11-27T00:00:00.000Z');
/** Calls of a request, one of which may be its last. */
const callsToDieAt = 4;

/** What a process runs, and what befalls it. */
export interface ProcessKind {
  readonly algorithm: Algorithm;
  readonly misfortunes: Misfortunes;
  readonly adaptive: boolean;
}

/** One execution environment: the production code with its own memory, home, pace and luck. */
export class ShopProcess {
  readonly around: Surroundings;
  readonly store: StockStore;
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #misfortunes: Misfortunes;
  #calls = 0;
  #dies: { readonly at: number; readonly after: boolean } | undefined;
  #freezes = false;
  #die: (crash: Crash) => void = () => undefined;

  constructor(store: SimulatedStore, time: VirtualTime, random: Random, kind: ProcessKind) {
    const { algorithm, misfortunes, adaptive } = kind;
    this.#random = random;
    this.#time = time;
    this.#misfortunes = misfortunes;
    const table = memoryStockTable({
      items: store.items,
      send: store.send,
      ...(misfortunes.crashes + misfortunes.frozen > 0 && { around: this.#suffer }),
    });
    this.around = surroundings(table, time, random);
    const sharded = shardedStockStore(this.around);
    this.store = { ...sharded, ...(algorithm === 'naive' && { reserve: reserveNaively(this.around) }) };
    if (algorithm !== 'naive' && !adaptive) {
      // The production code without the one thing that changes the plan.
      const around = { ...this.around, contended: async () => undefined };
      this.store = { ...sharded, reserve: (request, now) => reserveStock(request, now, around) };
    }
  }

  /** Serves one request. @throws Crash when the process died; what it had begun is left as it is. */
  async serve<Answer>(work: (store: StockStore) => Promise<Answer>): Promise<Answer> {
    const { crashes, frozen } = this.#misfortunes;
    if (crashes + frozen === 0) return work(this.store);
    this.#calls = 0;
    this.#freezes = this.#random.chance(frozen);
    this.#dies = this.#random.chance(crashes)
      ? { at: this.#random.below(callsToDieAt), after: this.#random.chance(0.5) }
      : undefined;
    const death = new Promise<never>((_, reject) => {
      this.#die = reject;
    });
    return Promise.race([work(this.store), death]);
  }

  readonly #suffer: CallHook = async (call, _, proceed) => {
    const number = this.#calls++;
    const last = this.#dies?.at === number ? this.#dies : undefined;
    if (last !== undefined && !last.after) return this.#end();
    if (call === 'hold' && this.#freezes) {
      this.#freezes = false;
      await this.#time.sleep(this.#random.next() * this.#misfortunes.frozenMs);
    }
    const answer = await proceed();
    return last === undefined ? answer : this.#end();
  };

  /** Nothing that this process had begun is carried on. */
  #end(): Promise<never> {
    this.#die(new Crash('the process died'));
    return new Promise(() => undefined);
  }
}

export function surroundings(table: StockTable, time: VirtualTime, random: Random): Surroundings {
  const pace = { random: () => random.next(), sleep: (milliseconds: number) => time.sleep(milliseconds) };
  const nowMs = () => opening + time.nowMs;
  return {
    table,
    memory: new ShortMemory(nowMs),
    home: new HomeShard(pace),
    pace,
    nowMs,
    nonce: () => nonceOf(random),
  };
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
