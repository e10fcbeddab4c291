import { type CallHook, memoryStores } from '../../bench/inventory-simulator/memory-stores.ts';
import { Random } from '../../bench/inventory-simulator/random.ts';
import { opening, processOf } from '../../bench/inventory-simulator/shop-process.ts';
import { VirtualTime } from '../../bench/inventory-simulator/virtual-time.ts';
import type { ReleaseExtent, StockRequest } from '../../functions/inventory/reservations/index.ts';
import { mergeShards } from '../../functions/inventory/sharding/commands/merge-shards.ts';
import type { Backorder } from '../../functions/inventory/sharding/index.ts';
import { isTransient } from '../../functions/shared/kernel/faults.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../functions/shared/kernel/time.ts';
import { memoryStock, type Stock } from '../support/stock.ts';
import { CallFaults } from './call-faults.ts';
import { type Outside, type Rewrite, WatchedItems } from './stock-rules.ts';
import type { Happening, HappeningKind, StockStory } from './stock-story.ts';
import { StockStream } from './stock-stream.ts';

export const locations = ['W1', 'W2'] as const;
/** One cold SKU, one that is always hot, and one that changes. */
export const skus = ['COLD', 'HOT', 'WARM'] as const;
const orderCount = 90;
/** Share of the stories in which nearly every order is for one unit of the hot SKU, which has only a few shards. */
const rushes = 0.3;
/** Short enough for holds to end during the story. */
const holdSeconds = 6;
const processCount = 24;
/** Attempts of one operation: a saga's step is repeated after a transient fault. */
const attempts = 3;
/** Expected failures of shipments: not confirmed, or shipped before. */
const expectedShipmentFailure = /cannot leave|other units/;

/** How long after a change the index of waiting orders shows it. */
const indexMs = 300;
const slowIndexMs = 3_000;
/** Number of first calls of a walk, one of which may be its last. */
const callsOfWalk = 20;
/** After this time a step of a saga is repeated. */
const stepMs = 20_000;

export interface StockOrder extends StockRequest {
  readonly placedAt: Instant;
  /** Grows with every resumption of its saga. */
  readonly orderVersion: number;
}

/** The answer of one operation, and when it began and ended. */
export interface Answered {
  readonly kind: HappeningKind;
  readonly orderId: string;
  readonly answer: unknown;
  readonly began: number;
  readonly ended: number;
}

/** A defect that is introduced on purpose. */
export interface Sabotage {
  readonly around?: (world: StockWorld) => CallHook;
  readonly rewrite?: Rewrite;
  readonly nonce?: (random: Random) => string;
}

/** One execution environment, and its caches. */
type Process = ReturnType<typeof processOf>;

/** Processes over one stock, with many operations at the same time and faults. */
export class StockWorld {
  readonly time = new VirtualTime();
  readonly watched: WatchedItems;
  readonly answers: Answered[] = [];
  /** An unexpected error of an operation: not an answer and not a transient fault. */
  defect: unknown;
  operations = 0;
  readonly orders: StockOrder[];
  /** Orders whose cancellation has begun. */
  readonly ended = new Set<string>();
  readonly #random: Random;
  readonly #sabotage: Sabotage;
  readonly #processes: Process[];
  readonly #hook: CallHook | undefined;
  readonly #rush: boolean;
  readonly #backorders: boolean;
  #names = 0;

  constructor({ seed, backorders }: StockStory, sabotage: Sabotage = {}) {
    this.#random = new Random(seed);
    this.#rush = this.#random.chance(rushes);
    this.#backorders = backorders;
    this.#sabotage = sabotage;
    this.watched = new WatchedItems(() => this.time.nowMs, this.#outside(), sabotage.rewrite);
    this.#hook = sabotage.around?.(this);
    this.#processes = Array.from({ length: processCount }, () => this.#process());
    this.orders = Array.from({ length: orderCount }, (_, index) => this.#order(index));
  }

  /** The index of waiting orders and the consumers of the stream, which only backorders need. */
  #outside(): Outside {
    if (!this.#backorders) return { witness: () => undefined, later: () => undefined };
    const random = this.#random.fork();
    const stream = new StockStream(this, random.fork());
    return {
      witness: (key, _, after) => stream.see(key, after),
      later: (update) =>
        this.time.at(this.time.nowMs + random.next() * (random.chance(0.05) ? slowIndexMs : indexMs), update),
    };
  }

  /** A process that may meet faults. */
  faulty(): Stock {
    const process = this.#processes[this.#random.below(processCount)] as Process;
    return this.#stock(process, new CallFaults(this.#random.fork(), this.time, callsOfWalk));
  }

  failed(fault: unknown): void {
    this.defect ??= fault;
  }

  /** Resumes the saga of an order that has left its queue: it reserves, and is undone where it cannot. */
  async resume(orderId: string, stock: Stock): Promise<void> {
    const { queue } = stock.functions.allocation;
    const queued = await queue.find(orderId);
    if (queued?.state !== 'filled') return;
    this.watched.backorders.resumed(orderId);
    const index = this.orders.findIndex((each) => each.orderId === orderId);
    const order = this.orders[index];
    // The order is resumed once for each version.
    if (order?.orderVersion === queued.orderVersion) {
      const resumed = { ...order, orderVersion: order.orderVersion + 1 };
      this.orders[index] = resumed;
      void this.#saga(resumed);
    }
    await queue.forget(queued);
  }

  /** Runs until it has an answer, in one process after another. */
  async #saga(order: StockOrder): Promise<void> {
    const { orderId } = order;
    for (;;) {
      const began = this.time.nowMs;
      const run = this.faulty().reserve(order, this.now());
      const over = this.time.sleep(stepMs).then(() => undefined);
      const answer = await Promise.race([run, over]).catch((fault) => void (isTransient(fault) || this.failed(fault)));
      if (answer === undefined) {
        if (this.defect !== undefined) return;
        await this.time.sleep(this.#random.next() * 1_000);
        continue;
      }
      this.answers.push({ kind: 'reserve', orderId, answer, began, ended: this.time.nowMs });
      if (isRefusal(answer) && (answer.refused.code as string) !== 'BACKORDERED') this.ended.add(orderId);
      return;
    }
  }

  now(): Instant {
    return toInstant(opening + Math.floor(this.time.nowMs));
  }

  /** Receives the initial stock: some units of every SKU, and a prepared sale of the hot one. */
  async open(): Promise<void> {
    const stock = this.sound();
    for (const sku of skus) {
      for (const location of locations) {
        const quantity = this.#backorders ? 1 + this.#random.below(4) : 4 + this.#random.below(sku === 'HOT' ? 60 : 12);
        await stock.receive({ receiptId: `${sku}-${location}`, sku, location, quantity }, this.now());
      }
    }
    if (this.#backorders) {
      for (const sku of skus) await stock.setBackorder(sku, backorderOf(this.#random));
      if (this.#random.chance(0.5)) return;
    }
    await stock.prepare('HOT', { expectedPeakPerSecond: this.#rush ? 400 : 900 }, this.now());
  }

  /** A process without faults. */
  sound(): Stock {
    return this.#stock(this.#process(), CallFaults.none(this.time));
  }

  /** Runs a story: operations begin in order and at random intervals, and run beside each other. */
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
    const order = this.orders[random.below(orderCount)] as StockOrder;
    if (kind === 'release') this.ended.add(order.orderId);
    const twice = kind === 'reserve twice at once' || random.chance(0.1);
    const id = `id-${++this.#names}`;
    const wish = random.below(2 ** 31);
    const runs = Array.from({ length: twice ? 2 : 1 }, () => {
      this.operations += 1;
      const own = random.fork();
      const process = this.#processes[own.below(processCount)] as Process;
      const stock = this.#stock(process, new CallFaults(own.fork(), this.time));
      // Every attempt has the same parameters.
      const again = () => ({ order, id, random: new Random(wish), now: () => this.now() });
      return this.#try(kind, order, () => act(kind, stock, again()));
    });
    await Promise.all(runs);
  }

  async #try(kind: HappeningKind, { orderId }: StockRequest, work: () => Promise<unknown>): Promise<void> {
    const began = this.time.nowMs;
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        const answer = await work();
        this.answers.push({ kind, orderId, answer, began, ended: this.time.nowMs });
        return;
      } catch (fault) {
        if (expectedShipmentFailure.test(String(fault))) return;
        if (isTransient(fault)) continue;
        this.defect ??= fault;
        return;
      }
    }
  }

  #process(): Process {
    const random = this.#random.fork();
    const { nonce } = this.#sabotage;
    return nonce === undefined ? processOf(this.time, random) : processOf(this.time, random, () => nonce(random));
  }

  #stock(process: Process, faults: Pick<CallFaults, 'around'>): Stock {
    const { items, send } = this.watched;
    const noted: CallHook = async (call, args, proceed) => {
      this.watched.underWay = { call, args };
      return proceed();
    };
    const withFaults: CallHook = (call, args, proceed) => {
      const sound = () => noted(call, args, proceed);
      return faults.around(call, args, sound);
    };
    const hook = this.#hook;
    const around: CallHook =
      hook === undefined
        ? withFaults
        : (call, args, proceed) => hook(call, args, () => withFaults(call, args, proceed));
    return memoryStock(memoryStores({ items, send, around }), process);
  }

  #order(index: number): StockOrder {
    const random = this.#random.fork();
    const single = this.#rush && random.chance(0.9);
    const lines = Array.from({ length: single || random.chance(0.6) ? 1 : 2 + random.below(2) }, (_, line) => ({
      lineId: String(line),
      sku: single ? 'HOT' : (skus[random.below(skus.length)] as string),
      quantity: single || random.chance(0.7) ? 1 : 1 + random.below(6),
    }));
    return {
      orderId: `order-${index}`,
      placedAt: toInstant(opening + index),
      orderVersion: 1,
      lines,
      expiresAt: addSeconds(toInstant(opening), holdSeconds * (1 + (index % 4))),
    };
  }
}

interface Wish {
  readonly order: StockOrder;
  readonly id: string;
  readonly random: Random;
  now(): Instant;
}

/**
 * The extent of an order's release, always the same for one order. After a release of the unshipped units, an order may
 * still count as held.
 */
export function extentFor(orderId: string): ReleaseExtent {
  return /[02468]$/.test(orderId) ? 'everything' : 'unshipped';
}

async function act(kind: HappeningKind, stock: Stock, wish: Wish): Promise<unknown> {
  const { order, id, random, now } = wish;
  const { orderId } = order;
  const sku = skus[random.below(skus.length)] as string;
  const [location, other] = random.chance(0.5) ? locations : [locations[1], locations[0]];
  const quantity = 1 + random.below(8);
  switch (kind) {
    case 'reserve':
    case 'reserve twice at once':
      return stock.reserve(order, now());
    case 'confirm':
      return stock.confirm(orderId, now());
    case 'release':
      return stock.cancel(orderId, extentFor(orderId));
    case 'expire':
      return stock.expire(orderId, now());
    case 'ship':
      return ship(stock, order, now());
    case 'receive':
      return stock.receive({ receiptId: id, sku, location, quantity }, now());
    case 'adjust': {
      const units = random.chance(0.5) ? quantity : -quantity;
      return stock.adjust({ adjustmentId: id, sku, location, quantity: units, reason: 'correction', at: now() });
    }
    case 'move':
      return stock.move({ moveId: id, sku, from: location, to: other, quantity, at: now() });
    case 'count':
      return stock.count({ countId: id, sku, location, counted: 5 + random.below(30), at: now() });
    case 'keep safety stock':
      return stock.setSafetyStock({ sku, location, wanted: random.below(6) });
    case 'grow':
      return stock.plan(sku, { location, shards: 1 + random.below(6) });
    case 'merge':
      return mergeShards(sku, location, now(), stock.functions.rebalancing);
    case 'prepare':
      return stock.prepare(sku, { expectedPeakPerSecond: 100 * random.below(16) }, now());
    case 'set backorder':
      return stock.setBackorder(sku, backorderOf(random));
    case 'walk':
      return stock.fillBackorders(sku, addSeconds(now(), holdSeconds));
    case 'rebalance':
      return stock.rebalance(now());
    default:
      return stock.sweep(skus);
  }
}

/** A setting for backorders; undefined: orders for unavailable units are refused. */
function backorderOf(random: Random): Backorder | undefined {
  if (random.chance(0.2)) return undefined;
  const mode = random.chance(0.7) ? 'backorder' : 'preorder';
  return random.chance(0.5) ? { mode } : { mode, limit: 2 + random.below(20) };
}

/** Ships the first location of the order's hold. */
async function ship(stock: Stock, order: StockRequest, now: Instant): Promise<unknown> {
  const held = await stock.reserve(order, now);
  if (isRefusal(held)) return held;
  await stock.confirm(order.orderId, now);
  const [first] = held.allocations;
  if (first === undefined) throw new Error('a hold without allocations');
  const { orderId } = order;
  return stock.commit({ ...first, orderId, shipmentId: `${orderId}-${first.location}` });
}
