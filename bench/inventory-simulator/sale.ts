import { type SkuPlan, shardKey } from '../../functions/inventory/sharding/index.ts';
import { isTransient } from '../../functions/shared/kernel/faults.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../functions/shared/kernel/time.ts';
import { Crash, Fleet } from './fleet.ts';
import type { MemoryItems } from './memory-items.ts';
import { planRecord } from './memory-records.ts';
import { empty } from './memory-shards.ts';
import { Bucket } from './partitions.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Algorithm } from './shop-process.ts';
import { noFaults, opening, ShopProcess } from './shop-process.ts';
import { SimulatedStore } from './simulated-store.ts';
import { StockWatch } from './stock-watch.ts';
import { VirtualTime } from './virtual-time.ts';

const sku = 'HOT';
const location = 'W1';
const holdSeconds = 900;
/** The state machine's repetitions of a failed step, and the bound of the first random wait. */
const saga = { repetitions: 3, firstWaitMs: 1_000, maxWaitMs: 10_000 };
/** Average time after which a buyer whom the API rejected comes again. */
const returnsAfterMs = 1_000;
/** Requests above its rate that the API accepts at once, in seconds of that rate. */
const apiDepthSeconds = 0.5;
/** Longest time between a request and its duplicate: the same message, delivered twice. */
const duplicateMs = 200;

/** Longest time between two sweeps of one sweeper. */
const sweepEveryMs = 4_000;

/** The result of one buyer. */
export interface BuyerResult {
  readonly arrivedMs: number;
  readonly answeredMs: number;
  readonly answer: 'held' | 'denied' | 'failed';
  readonly strictlyWrong: boolean;
  readonly wrong: boolean;
}

export class Sale {
  readonly scenario: Scenario;
  readonly time = new VirtualTime();
  readonly watch = new StockWatch(() => this.time.nowMs);
  readonly store: SimulatedStore;
  readonly reserving: Fleet<ShopProcess>;
  readonly results: BuyerResult[] = [];
  readonly soldAtMs: number[] = [];
  released = 0;
  /** The cost of the releases. */
  readonly releases = { writeUnits: 0 };
  apiThrottles = 0;
  firstRequestMs: number | undefined;
  readonly #random: Random;
  readonly #releasing: Fleet<ShopProcess>;
  readonly #api: Bucket;
  /** Buyers without an answer when the simulation ended. */
  unanswered = 0;
  #open = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.#random = new Random(scenario.seed);
    this.store = new SimulatedStore(this.time, this.#random.fork(), scenario.store, this.watch.witness);
    const make = () => new ShopProcess(this.store, this.time, this.#random.fork(), scenario);
    this.reserving = new Fleet(this.time, this.#random.fork(), scenario.fleet, make);
    const releasing = { items: this.store.items, send: this.store.counting(this.releases) };
    const makeReleasing = () => new ShopProcess(releasing, this.time, this.#random.fork(), scenario);
    this.#releasing = new Fleet(this.time, this.#random.fork(), scenario.fleet, makeReleasing);
    this.#api = new Bucket(scenario.apiPerSecond, apiDepthSeconds, () => this.time.nowMs);
    stockUp(this.store.items, scenario);
  }

  get now(): Instant {
    return toInstant(opening + Math.floor(this.time.nowMs));
  }

  async run(): Promise<void> {
    const { buyers, perSecond } = this.scenario;
    const arrivals = this.#random.fork();
    let arrived = 0;
    const arrive = (): void => {
      void this.#buy(orderIdOf(arrived));
      arrived += 1;
      if (arrived < buyers) this.time.at(this.time.nowMs + arrivals.exponential(1_000 / perSecond), arrive);
    };
    this.time.at(0, arrive);
    for (let sweeper = 0; sweeper < this.scenario.sweepers; sweeper++) void this.#sweep();
    const deadlineMs = (buyers / perSecond) * 1_000 + this.scenario.patienceMs;
    await this.time.run(() => this.time.nowMs > deadlineMs);
    this.unanswered = buyers - this.results.length;
  }

  /** Whether every buyer has an answer, every return is credited, and no debit hides a unit. */
  get #isOver(): boolean {
    return this.results.length === this.scenario.buyers && this.#open === 0 && this.watch.openDebits === 0;
  }

  /** Sweeps in a process of its own, which has no faults. */
  async #sweep(): Promise<void> {
    const process = new ShopProcess(this.store, this.time, this.#random.fork(), {
      ...this.scenario,
      faults: noFaults,
    });
    while (!this.#isOver) {
      await this.time.sleep(sweepEveryMs * (0.5 + this.#random.next() / 2));
      try {
        await process.sweep([sku]);
      } catch (fault) {
        if (!isTransient(fault)) throw fault;
      }
    }
  }

  async #buy(orderId: string): Promise<void> {
    this.#open += 1;
    const arrivedMs = this.time.nowMs;
    this.firstRequestMs ??= arrivedMs;
    while (!this.#api.take(1)) {
      this.apiThrottles += 1;
      await this.time.sleep(this.#random.exponential(returnsAfterMs));
    }
    if (this.#random.chance(this.scenario.duplicates)) void this.#duplicate(orderId);
    const answer = await this.#reserve(orderId);
    const { strictlyWrong, wrong } =
      answer === 'denied' ? this.watch.judgeDenial() : { strictlyWrong: false, wrong: false };
    this.results.push({ arrivedMs, answeredMs: this.time.nowMs, answer, strictlyWrong, wrong });
    // The saga does this as well. Without duplicates there is nothing to undo, and the cost of the mark is not part of
    // the reservation's cost.
    if (answer === 'denied' && this.scenario.duplicates > 0) await this.#release(orderId);
    if (answer === 'held' && this.#random.chance(this.scenario.releases.share)) {
      await this.time.sleep(this.scenario.releases.afterMs);
      await this.#release(orderId);
      this.released += 1;
    }
    this.#open -= 1;
  }

  async #release(orderId: string): Promise<void> {
    for (;;) {
      try {
        await this.#releasing.invoke((process) => process.release(orderId));
        return;
      } catch (fault) {
        if (!isTransient(fault)) throw fault;
        await this.time.sleep(this.#random.next() * saga.firstWaitMs);
      }
    }
  }

  /** Sends the same order again at about the same time; its answer is dropped. */
  async #duplicate(orderId: string): Promise<void> {
    await this.time.sleep(this.#random.next() * duplicateMs);
    await this.#reserve(orderId);
  }

  /** Reserves as the saga's step does: again after a fault. */
  async #reserve(orderId: string): Promise<BuyerResult['answer']> {
    const lines = [{ lineId: '1', sku, quantity: 1 }];
    for (let attempt = 0; attempt <= saga.repetitions; attempt++) {
      try {
        const answer = await this.reserving.invoke((process) =>
          process.reserve({ orderId, lines, expiresAt: addSeconds(this.now, holdSeconds) }, this.now),
        );
        if (isRefusal(answer)) return 'denied';
        return 'held';
      } catch (fault) {
        if (!(fault instanceof Crash) && !isTransient(fault)) throw fault;
      }
      if (attempt < saga.repetitions) {
        await this.time.sleep(this.#random.next() * Math.min(saga.maxWaitMs, saga.firstWaitMs * 2 ** attempt));
      }
    }
    return 'failed';
  }
}

/** Writes plan and shards as those of a prepared sale, with the units spread evenly. */
function stockUp(items: MemoryItems, { units, shards, algorithm }: Scenario): void {
  items.put(planRecord(planFor(algorithm, shards)));
  for (let shard = 0; shard < shards; shard++) {
    const there = Math.floor(units / shards) + (shard < units % shards ? 1 : 0);
    const key = shardKey({ location, sku, shard });
    items.put({ ...empty(key), av: there, rc: there, v: 1 });
  }
}

function planFor(algorithm: Algorithm, shards: number): SkuPlan {
  return { sku, locations: [{ location, shards, priority: 0 }], path: algorithm === 'J' ? 'J' : 'T', revision: 1 };
}

/** As long as a real order id, because the size of items matters. */
function orderIdOf(number: number): string {
  return `ord_${String(number).padStart(26, '0')}`;
}
