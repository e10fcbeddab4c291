import { type CallHook, memoryStockTable } from '../../bench/inventory-simulator/memory-stock-table.ts';
import { Random } from '../../bench/inventory-simulator/random.ts';
import { opening, surroundings } from '../../bench/inventory-simulator/shop-process.ts';
import { VirtualTime } from '../../bench/inventory-simulator/virtual-time.ts';
import { shardedStockBooks } from '../../functions/inventory/ledger/commands/sharded-stock-books.ts';
import { shardedStockStore } from '../../functions/inventory/ledger/commands/sharded-stock-store.ts';
import type { StockBooks } from '../../functions/inventory/ledger/domain/stock-books.ts';
import type { Surroundings } from '../../functions/inventory/reservations/commands/survey-stock.ts';
import type {
  ReleaseExtent,
  StockRequest,
  StockStore,
} from '../../functions/inventory/reservations/domain/stock-store.ts';
import { mergeShards } from '../../functions/inventory/sharding/commands/merge-shards.ts';
import { type StockPlans, shardedStockPlans } from '../../functions/inventory/sharding/commands/stock-plans.ts';
import { isTransient } from '../../functions/shared/kernel/faults.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../functions/shared/kernel/time.ts';
import { Luck } from './stock-luck.ts';
import { type Rewrite, WatchedItems } from './stock-rules.ts';
import type { Happening, HappeningKind, StockStory } from './stock-story.ts';

export const locations = ['W1', 'W2'] as const;
/** One cold, one that is always hot, one that changes. */
export const skus = ['COLD', 'HOT', 'WARM'] as const;
const orderCount = 90;
/** Share of the stories in which nearly everybody wants one unit of the hot SKU, and no more shards than a few. */
const rushes = 0.3;
/** Short enough for holds to end while the story goes on. */
const holdSeconds = 6;
const processCount = 24;
/** Attempts of one operation: a saga's step is repeated while what stops it may pass. */
const attempts = 3;
/** Refusals of shipments that are no use: not confirmed, shipped before. */
const uselessShipment = /cannot leave|other units/;

/** What one operation was told, and when it began and ended. */
export interface Told {
  readonly kind: HappeningKind;
  readonly orderId: string;
  readonly answer: unknown;
  readonly began: number;
  readonly ended: number;
}

/** What somebody breaks on purpose. */
export interface Sabotage {
  readonly around?: (world: StockWorld) => CallHook;
  readonly rewrite?: Rewrite;
  readonly nonce?: (random: Random) => string;
}

/** One execution environment, and what it remembers. */
interface Process {
  readonly around: Omit<Surroundings, 'table'>;
}

interface Parts {
  readonly store: StockStore;
  readonly books: StockBooks;
  readonly plans: StockPlans;
  readonly around: Surroundings;
}

/** Shops over one stock in which many things happen at the same time and go wrong. */
export class StockWorld {
  readonly time = new VirtualTime();
  readonly watched: WatchedItems;
  readonly told: Told[] = [];
  /** A defect in an operation: neither an answer nor a fault that may pass. */
  defect: unknown;
  operations = 0;
  readonly orders: readonly StockRequest[];
  readonly #random: Random;
  readonly #sabotage: Sabotage;
  readonly #processes: Process[];
  readonly #hook: CallHook | undefined;
  readonly #rush: boolean;
  #names = 0;

  constructor({ seed }: StockStory, sabotage: Sabotage = {}) {
    this.#random = new Random(seed);
    this.#rush = this.#random.chance(rushes);
    this.#sabotage = sabotage;
    this.watched = new WatchedItems(() => this.time.nowMs, sabotage.rewrite);
    this.#hook = sabotage.around?.(this);
    this.#processes = Array.from({ length: processCount }, () => this.#process());
    this.orders = Array.from({ length: orderCount }, (_, index) => this.#order(index));
  }

  now(): Instant {
    return toInstant(opening + Math.floor(this.time.nowMs));
  }

  /** Goods at the beginning: some of everything, and a hot SKU. */
  async open(): Promise<void> {
    const { store, plans } = this.sound();
    for (const sku of skus) {
      for (const location of locations) {
        const quantity = 4 + this.#random.below(sku === 'HOT' ? 60 : 12);
        await store.receive({ receiptId: `${sku}-${location}`, sku, location, quantity }, this.now());
      }
    }
    await plans.prepare('HOT', { expectedPeakPerSecond: this.#rush ? 400 : 900 }, this.now());
  }

  /** A process to which nothing bad happens. */
  sound(): Parts {
    return this.#parts(this.#process(), Luck.none(this.time));
  }

  /** Lets a story happen, in its order and at random distances; what takes long goes on beside what follows. */
  async play({ happenings }: StockStory): Promise<void> {
    const opened = this.open();
    await this.time.run();
    await opened;
    let at = this.time.nowMs;
    for (const happening of happenings) {
      const random = new Random(happening.seed);
      at += random.chance(0.02) ? random.next() * 6_000 : random.exponential(12);
      this.time.at(at, () => void this.#happen(happening, random));
    }
    await this.time.run();
  }

  async #happen({ kind }: Happening, random: Random): Promise<void> {
    const order = this.orders[random.below(orderCount)] as StockRequest;
    const twice = kind === 'reserve twice at once' || random.chance(0.1);
    const id = `id-${++this.#names}`;
    const wish = random.below(2 ** 31);
    const runs = Array.from({ length: twice ? 2 : 1 }, () => {
      this.operations += 1;
      const own = random.fork();
      const process = this.#processes[own.below(processCount)] as Process;
      const parts = this.#parts(process, new Luck(own.fork(), this.time));
      // Every attempt wants the very same.
      const again = () => ({ order, id, random: new Random(wish), now: () => this.now() });
      return this.#try(kind, order, () => act(kind, parts, again()));
    });
    await Promise.all(runs);
  }

  async #try(kind: HappeningKind, { orderId }: StockRequest, work: () => Promise<unknown>): Promise<void> {
    const began = this.time.nowMs;
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        const answer = await work();
        this.told.push({ kind, orderId, answer, began, ended: this.time.nowMs });
        return;
      } catch (fault) {
        if (uselessShipment.test(String(fault))) return;
        if (isTransient(fault)) continue;
        this.defect ??= fault;
        return;
      }
    }
  }

  #process(): Process {
    const random = this.#random.fork();
    const { table: _, ...around } = surroundings(this.#table(), this.time, random);
    const { nonce } = this.#sabotage;
    return { around: nonce === undefined ? around : { ...around, nonce: () => nonce(random) } };
  }

  #table(luck?: Pick<Luck, 'around'>) {
    const { items, send } = this.watched;
    const noted: CallHook = async (call, args, proceed) => {
      this.watched.underWay = { call, args };
      return proceed();
    };
    const lucky: CallHook = (call, args, proceed) => {
      const sound = () => noted(call, args, proceed);
      return luck === undefined ? sound() : luck.around(call, args, sound);
    };
    const hook = this.#hook;
    const around: CallHook =
      hook === undefined ? lucky : (call, args, proceed) => hook(call, args, () => lucky(call, args, proceed));
    return memoryStockTable({ items, send, around });
  }

  #parts(process: Process, luck: Pick<Luck, 'around'>): Parts {
    const around: Surroundings = { ...process.around, table: this.#table(luck) };
    return {
      around,
      store: shardedStockStore(around),
      books: shardedStockBooks(around),
      plans: shardedStockPlans(around),
    };
  }

  #order(index: number): StockRequest {
    const random = this.#random.fork();
    const single = this.#rush && random.chance(0.9);
    const lines = Array.from({ length: single || random.chance(0.6) ? 1 : 2 + random.below(2) }, (_, line) => ({
      lineId: String(line),
      sku: single ? 'HOT' : (skus[random.below(skus.length)] as string),
      quantity: single || random.chance(0.7) ? 1 : 1 + random.below(6),
    }));
    return {
      orderId: `order-${index}`,
      lines,
      expiresAt: addSeconds(toInstant(opening), holdSeconds * (1 + (index % 4))),
    };
  }
}

interface Wish {
  readonly order: StockRequest;
  readonly id: string;
  readonly random: Random;
  now(): Instant;
}

/** Always the same for an order: after one that leaves what was shipped, an order may still count as held. */
function extentFor(orderId: string): ReleaseExtent {
  return /[02468]$/.test(orderId) ? 'everything' : 'unshipped';
}

async function act(kind: HappeningKind, { store, books, plans, around }: Parts, wish: Wish): Promise<unknown> {
  const { order, id, random, now } = wish;
  const { orderId } = order;
  const sku = skus[random.below(skus.length)] as string;
  const [location, other] = random.chance(0.5) ? locations : [locations[1], locations[0]];
  const quantity = 1 + random.below(8);
  switch (kind) {
    case 'reserve':
    case 'reserve twice at once':
      return store.reserve(order, now());
    case 'confirm':
      return store.confirm(orderId, now());
    case 'release':
      return store.release(orderId, now(), extentFor(orderId));
    case 'expire':
      return store.expire(orderId, now());
    case 'ship':
      return ship(store, order, now());
    case 'receive':
      return store.receive({ receiptId: id, sku, location, quantity }, now());
    case 'adjust': {
      const units = random.chance(0.5) ? quantity : -quantity;
      return books.adjust({ adjustmentId: id, sku, location, quantity: units, reason: 'correction', at: now() });
    }
    case 'move':
      return books.move({ moveId: id, sku, from: location, to: other, quantity, at: now() });
    case 'count':
      return books.count({ countId: id, sku, location, counted: 5 + random.below(30), at: now() });
    case 'keep safety stock':
      return books.setSafetyStock({ sku, location, wanted: random.below(6) });
    case 'grow':
      return store.plan(sku, { location, shards: 1 + random.below(6) });
    case 'merge':
      return mergeShards(sku, location, now(), around);
    case 'prepare':
      return plans.prepare(sku, { expectedPeakPerSecond: 100 * random.below(16) }, now());
    case 'tend':
      return plans.tend(now());
    default:
      return store.sweep(skus);
  }
}

/** Ships the first location of what the order was told it has. */
async function ship(store: StockStore, order: StockRequest, now: Instant): Promise<unknown> {
  const held = await store.reserve(order, now);
  if (isRefusal(held)) return held;
  await store.confirm(order.orderId, now);
  const [first] = held.allocations;
  if (first === undefined) throw new Error('a hold of nothing');
  const { orderId } = order;
  return store.commit({ ...first, orderId, shipmentId: `${orderId}-${first.location}` }, now);
}
