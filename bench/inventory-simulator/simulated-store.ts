import { TransientFault } from '../../functions/shared/kernel/faults.ts';
import { Counts } from '../statistics/counts.ts';
import {
  type Action,
  actionsOf,
  type Item,
  MemoryItems,
  type Send,
  type StoreAnswer,
  type StoreRequest,
} from './memory-items.ts';
import { Partitions } from './partitions.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The behavior of the store. The defaults are the assumptions of the design; see docs/inventory.md. */
export interface StoreModel {
  readonly partitions: number;
  /** Limit of one partition. Infinity: a store without limits. */
  readonly writeUnitsPerSecond: number;
  readonly readUnitsPerSecond: number;
  /** The part of a transaction's time for which it holds its items. */
  readonly lockMs: number;
}

export const assumedStore: StoreModel = {
  partitions: 40,
  writeUnitsPerSecond: 1_000,
  readUnitsPerSecond: 3_000,
  lockMs: 5,
};

/** Seconds of its rate that a partition can supply at once. */
const depthSeconds = 0.1;
/** Round trip in milliseconds: the least, and the average of what is added to it. */
const plainMs = { least: 3.5, more: 1.5 };
const readMs = { least: 2, more: 1 };
/** Time of a transaction before it holds its items and after it has released them. */
const aroundLockMs = { least: 1.5, more: 0.5 };
/** Time after which a transaction that was refused by one item releases the others. */
const cancelMs = 2;
/** Average age of the item that an eventually consistent read returns. */
const staleMs = 3;
/** Number of moments in which the keys of one request are read: partitions answer independently of each other. */
const readGroups = 4;

/** The SDK's handling of a throttled request: attempts in all, and the bound of the first random wait. */
const sdk = { attempts: 4, firstWaitMs: 1_000 };
/** The same for keys that a read left out, as `batchGet` handles them. */
const batchRead = { attempts: 6, firstWaitMs: 10, maxWaitMs: 400 };

export interface StoreFigures {
  writeUnits: number;
  readUnits: number;
  requests: number;
  conflicts: number;
  throttles: number;
  failedConditions: number;
  /** Write units by kind of item and outcome of the write. */
  readonly unitsBy: Counts;
}

/** The write units of some processes. */
interface WriteSum {
  writeUnits: number;
}

/** The items behind a simulated network: requests take time, partitions have limits, and transactions hold items. */
export class SimulatedStore {
  readonly items: MemoryItems;
  readonly figures: StoreFigures = {
    writeUnits: 0,
    readUnits: 0,
    requests: 0,
    conflicts: 0,
    throttles: 0,
    failedConditions: 0,
    unitsBy: new Counts(),
  };
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #model: StoreModel;
  readonly #partitions: Partitions;
  /** Until when a transaction holds an item; Infinity until that is known. */
  readonly #held = new Map<string, number>();
  readonly #before = new Map<string, { readonly item: Item | undefined; readonly until: number }>();

  constructor(
    time: VirtualTime,
    random: Random,
    model: StoreModel,
    onWrite?: (key: string, before: Item | undefined, after: Item | undefined) => void,
  ) {
    this.#time = time;
    this.#random = random;
    this.#model = model;
    this.#partitions = new Partitions(model, depthSeconds, () => time.nowMs, random.fork());
    this.items = new MemoryItems((key, before, after) => {
      this.#before.set(key, { item: before, until: time.nowMs });
      onWrite?.(key, before, after);
    });
  }

  readonly send: Send = (request) => this.#send(request, { writeUnits: 0 });

  /** The same store for some processes, whose write units are also added to a sum of their own. */
  counting(own: WriteSum): Send {
    return (request) => this.#send(request, own);
  }

  async #send(request: StoreRequest, own: WriteSum): Promise<StoreAnswer> {
    if (request.kind === 'read') return this.#read(request.keys, request.latest);
    // Simulated sales have no backorders.
    if (request.kind === 'query') return this.items.execute(request);
    for (let attempt = 1; ; attempt++) {
      this.figures.requests += 1;
      const answer =
        request.kind === 'write'
          ? await this.#write(request.action, own)
          : await this.#transact(actionsOf(request), own);
      // A cancelled transaction is not a throttled request: the SDK returns it to the caller.
      const again = answer === 'throttled' && request.kind === 'write' && request.once !== true;
      if (answer !== 'throttled') return answer;
      if (!again || attempt >= sdk.attempts) return { outcome: 'contended' };
      await this.#time.sleep(this.#random.next() * sdk.firstWaitMs * 2 ** (attempt - 1));
    }
  }

  #spend(units: number, own: WriteSum): void {
    this.figures.writeUnits += units;
    own.writeUnits += units;
  }

  #write(action: Action, own: WriteSum): Promise<StoreAnswer | 'throttled'> {
    const [there, back] = this.#halves(plainMs);
    return this.#arrive(there, (answer) => answer(this.#writeNow(action, own), back));
  }

  #writeNow(action: Action, own: WriteSum): StoreAnswer | 'throttled' {
    const { figures, items } = this;
    const units = items.writeUnitsOf(action.key);
    if (!this.#partitions.write(action.key, units)) {
      figures.throttles += 1;
      return 'throttled';
    }
    this.#spend(units, own);
    if (this.#isHeld(action.key)) {
      figures.conflicts += 1;
      return { outcome: 'contended' };
    }
    const answer = items.execute({ kind: 'write', action });
    figures.unitsBy.add(`${action.key.slice(0, 2)} ${answer.outcome}`, units);
    if (answer.outcome === 'refused') figures.failedConditions += 1;
    else this.#spend(this.#growth(action.key, units), own);
    return answer;
  }

  /** Prepares all items or none. Prepared items are held until all have been written. */
  #transact(actions: readonly Action[], own: WriteSum): Promise<StoreAnswer | 'throttled'> {
    const [there, back] = [this.#delay(aroundLockMs), this.#delay(aroundLockMs)];
    return this.#arrive(there, (answer) => {
      const prepared = this.#prepare(actions, own);
      if (prepared !== 'prepared') return answer(prepared, cancelMs + back);
      this.#time.at(this.#time.nowMs + this.#model.lockMs, () => {
        const items = actions.map((action) => this.#commit(action, own));
        answer({ outcome: 'done', items }, back);
      });
    });
  }

  #prepare(actions: readonly Action[], own: WriteSum): StoreAnswer | 'throttled' | 'prepared' {
    const { figures, items } = this;
    const refused: number[] = [];
    const free: string[] = [];
    let troubles = 0;
    for (const [position, action] of actions.entries()) {
      const units = items.writeUnitsOf(action.key);
      if (!this.#partitions.write(action.key, units)) {
        figures.throttles += 1;
        troubles += 1;
        continue;
      }
      this.#spend(units, own);
      if (this.#isHeld(action.key)) {
        figures.conflicts += 1;
        troubles += 1;
      } else if (items.isAllowed(action)) free.push(action.key);
      else refused.push(position);
    }
    const through = troubles === 0 && refused.length === 0;
    const until = through ? Number.POSITIVE_INFINITY : this.#time.nowMs + cancelMs;
    for (const key of free) this.#held.set(key, until);
    if (through) return 'prepared';
    if (refused.length === 0) return { outcome: 'contended' };
    figures.failedConditions += 1;
    return items.refusal(actions, refused);
  }

  /**
   * The second of the two writes that each item of a transaction costs. After a successful preparation no limit stops
   * it.
   */
  #commit(action: Action, own: WriteSum): Item {
    const before = this.items.writeUnitsOf(action.key);
    const item = this.items.apply(action);
    const units = before + 2 * this.#growth(action.key, before);
    this.#spend(units, own);
    this.#partitions.owe(action.key, units);
    this.#held.delete(action.key);
    return item;
  }

  async #read(keys: readonly string[], latest: boolean): Promise<StoreAnswer> {
    const found = new Map<string, Item>();
    let left = keys;
    for (let attempt = 0; attempt < batchRead.attempts; attempt++) {
      this.figures.requests += 1;
      const throttled = await this.#readOnce(left, latest, found);
      if (throttled.length === 0) return { outcome: 'read', items: found };
      this.figures.throttles += throttled.length;
      left = throttled;
      const bound = Math.min(batchRead.maxWaitMs, batchRead.firstWaitMs * 2 ** attempt);
      await this.#time.sleep(this.#random.next() * bound);
    }
    throw new TransientFault(`${left.length} of ${keys.length} items stayed unread`);
  }

  /** Reads what the partitions allow into `found`, and returns the keys that were throttled. */
  async #readOnce(keys: readonly string[], latest: boolean, found: Map<string, Item>): Promise<string[]> {
    const groups = new Map<number, string[]>();
    for (const key of keys) {
      const group = this.#partitions.indexOf(key) % readGroups;
      const others = groups.get(group);
      if (others === undefined) groups.set(group, [key]);
      else others.push(key);
    }
    const throttled: string[] = [];
    const readGroup = (group: readonly string[]) => {
      const [there, back] = this.#halves(readMs);
      return this.#arrive<undefined>(there, (answer) => {
        for (const key of group) if (!this.#readNow(key, latest, found)) throttled.push(key);
        answer(undefined, back);
      });
    };
    await Promise.all([...groups.values()].map(readGroup));
    return throttled;
  }

  #readNow(key: string, latest: boolean, found: Map<string, Item>): boolean {
    const units = this.items.readUnitsOf(key) * (latest ? 1 : 0.5);
    if (!this.#partitions.read(key, units)) return false;
    this.figures.readUnits += units;
    const before = this.#before.get(key);
    const stale =
      !latest && before !== undefined && this.#time.nowMs - before.until < this.#random.exponential(staleMs);
    const item = stale ? before.item : this.items.get(key);
    if (item !== undefined) found.set(key, item);
    return true;
  }

  /** Runs `act` when a request reaches the store; the answer takes some time to come back. */
  #arrive<Answer>(delayMs: number, act: (answer: (what: Answer, backMs: number) => void) => void): Promise<Answer> {
    return new Promise((resolve) => {
      const answer = (what: Answer, backMs: number) => this.#time.at(this.#time.nowMs + backMs, () => resolve(what));
      this.#time.at(this.#time.nowMs + delayMs, () => act(answer));
    });
  }

  #isHeld(key: string): boolean {
    return (this.#held.get(key) ?? 0) > this.#time.nowMs;
  }

  #growth(key: string, unitsBefore: number): number {
    return Math.max(0, this.items.writeUnitsOf(key) - unitsBefore);
  }

  #delay({ least, more }: { least: number; more: number }): number {
    return least + this.#random.exponential(more);
  }

  #halves(spread: { least: number; more: number }): [there: number, back: number] {
    const whole = this.#delay(spread);
    return [whole / 2, whole / 2];
  }
}
