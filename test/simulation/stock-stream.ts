import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../bench/inventory-simulator/memory-items.ts';
import type { Random } from '../../bench/inventory-simulator/random.ts';
import type { VirtualTime } from '../../bench/inventory-simulator/virtual-time.ts';
import { type AnnouncementDependencies, announceLevels } from '../../functions/inventory/availability/index.ts';
import { backorderPrefix, backorderStreamConsumer, queuePrefix } from '../../functions/inventory/backorders/index.ts';
import { planPrefix, shardPrefix } from '../../functions/inventory/sharding/index.ts';
import { isTransient } from '../../functions/shared/kernel/faults.ts';
import { addSeconds, type Instant } from '../../functions/shared/kernel/time.ts';
import type { StreamItem } from '../../functions/shared/stream-consumer.ts';
import type { Stock } from '../support/stock.ts';

/** The longest time between a change and the batch that has it. */
const batchMs = 200;
/** After this time a batch whose process died or is frozen is delivered again. */
const timeLimitMs = 15_000;
const retryMs = 1_000;
/** Share of the batches that two processes handle at the same time. */
const twice = 0.1;
/** Life of the holds of filled orders. */
const holdSeconds = 6;

/** What the consumers of the stream need from the world. */
export interface StreamWorld {
  readonly time: VirtualTime;
  now(): Instant;
  /** Another process, which may meet faults. */
  faulty(): Stock;
  /** Continues the saga of an order. */
  resume(orderId: string, stock: Stock): Promise<void>;
  /** An error that is neither an answer nor a transient fault. */
  failed(fault: unknown): void;
}

/**
 * The consumers of the stock's stream: changed queues are walked, changed units are announced, and the sagas of orders
 * that left their queue are resumed. A batch is delivered until it succeeds, sometimes to two processes.
 */
export class StockStream {
  readonly #world: StreamWorld;
  readonly #random: Random;
  readonly #due = new Set<string>();
  readonly #batches = new Map<string, StreamItem[]>();
  readonly #levels = memoryLevels();

  constructor(world: StreamWorld, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  see(key: string, after: Item | undefined): void {
    if (key.startsWith(queuePrefix) || key.startsWith(backorderPrefix)) {
      // A deletion is of no interest to the consumer.
      if (after !== undefined) this.#planBatch({ sequenceNumber: '1', key: { pk: key }, image: marshall(after) });
    } else if (key.startsWith(shardPrefix)) this.#planAnnouncement(key.split('#')[2] ?? '');
    else if (key.startsWith(planPrefix)) this.#planAnnouncement(key.slice(planPrefix.length));
  }

  /** Queues and orders are in different parts of the stream, and so in different batches. */
  #planBatch(item: StreamItem): void {
    const part = item.key.pk?.startsWith(queuePrefix) ? 'queues' : 'orders';
    const items = this.#batches.get(part) ?? [];
    items.push(item);
    this.#batches.set(part, items);
    this.#plan(part, () => {
      this.#batches.delete(part);
      return (stock) => this.#consume(items, stock);
    });
  }

  async #consume(items: readonly StreamItem[], stock: Stock): Promise<void> {
    const consume = backorderStreamConsumer({
      allocate: (sku, joined) => stock.fillBackorders(sku, addSeconds(this.#world.now(), holdSeconds), joined),
      resume: ({ orderId }) => this.#world.resume(orderId, stock),
      moved: async () => undefined,
    });
    for (const { error } of await consume(items)) throw error;
  }

  #planAnnouncement(sku: string): void {
    this.#plan(`announce ${sku}`, () => async ({ functions: { allocation } }) => {
      const failed = await announceLevels([sku], this.#world.now(), { ...allocation, levels: this.#levels });
      for (const fault of failed.values()) throw fault;
    });
  }

  /** @param begin returns the work of the batch when it is delivered for the first time. */
  #plan(name: string, begin: () => (stock: Stock) => Promise<void>): void {
    if (this.#due.has(name)) return;
    this.#due.add(name);
    const { time } = this.#world;
    time.at(time.nowMs + this.#random.next() * batchMs, () => {
      this.#due.delete(name);
      const work = begin();
      const processes = this.#random.chance(twice) ? 2 : 1;
      for (let process = 0; process < processes; process++) void this.#deliver(work);
    });
  }

  async #deliver(work: (stock: Stock) => Promise<void>): Promise<void> {
    const { time } = this.#world;
    for (;;) {
      const over = time.sleep(timeLimitMs).then(() => false);
      if (await Promise.race([this.#attempt(work), over])) return;
      await time.sleep(this.#random.next() * retryMs);
    }
  }

  /** @returns false when the batch must be delivered again. */
  async #attempt(work: (stock: Stock) => Promise<void>): Promise<boolean> {
    try {
      await work(this.#world.faulty());
    } catch (fault) {
      if (isTransient(fault)) return false;
      this.#world.failed(fault);
    }
    return true;
  }
}

/** The announced levels, without a table. */
function memoryLevels(): AnnouncementDependencies['levels'] {
  type Latest = Awaited<ReturnType<AnnouncementDependencies['levels']['latest']>>;
  const levels = new Map<string, NonNullable<ReturnType<Latest['get']>>>();
  return {
    latest: async (skus) => new Map([...levels].filter(([sku]) => skus.includes(sku))),
    async announce(change) {
      if ((levels.get(change.sku)?.sequence ?? 0) !== change.sequence - 1) return 'changed';
      levels.set(change.sku, change);
      return 'announced';
    },
  };
}
