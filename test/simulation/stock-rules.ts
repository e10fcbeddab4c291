import type { Send } from '../../bench/inventory-simulator/memory-items.ts';
import {
  type Item,
  MemoryItems,
  type StoreRequest,
  type Witness,
} from '../../bench/inventory-simulator/memory-items.ts';
import { reservationOf } from '../../bench/inventory-simulator/memory-records.ts';
import { countersOf } from '../../bench/inventory-simulator/memory-shards.ts';
import type { StoreCall } from '../../bench/inventory-simulator/memory-stores.ts';
import { backorderPrefix } from '../../functions/inventory/backorders/index.ts';
import {
  type Part,
  type Reservation,
  reservationKey,
  transitions,
} from '../../functions/inventory/reservations/index.ts';
import { type ShardId, shardName } from '../../functions/inventory/sharding/index.ts';
import { BackorderRules } from './backorder-rules.ts';

/** The call of a store that is changing items. */
export interface CallUnderWay {
  readonly call: StoreCall;
  readonly args: readonly unknown[];
}

/** A change of a request on its way, to test whether the rules notice it. */
export type Rewrite = (request: StoreRequest, call: StoreCall | undefined) => StoreRequest;

/** What happens outside the store after a write. */
export interface Outside {
  readonly witness: Witness;
  /** Plans an update of the index. */
  later(update: () => void): void;
}

/** A violation of a rule of the stock. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
}

/** The units of a SKU for sale from a moment on, and the units that had moved between shards by then. */
interface OnSale {
  readonly at: number;
  readonly units: number;
  readonly moved: number;
}

/**
 * Items that are checked after every request. The sums of the orders' units are kept beside them, from the reservations
 * alone, so that a wrong counter is found at the write that makes it wrong.
 */
export class WatchedItems {
  readonly items: MemoryItems;
  readonly backorders: BackorderRules;
  /** The first rule that was broken. */
  broken: RuleBroken | undefined;
  underWay: CallUnderWay | undefined;
  readonly #promised = new Map<string, number>();
  readonly #shipped = new Map<string, number>();
  readonly #touched = new Set<string>();

  readonly #onSale = new Map<string, OnSale[]>();
  readonly #rewrite: Rewrite;
  readonly #nowMs: () => number;
  readonly #outside: Outside;
  /** The index of waiting orders, which shows a change some time after it was made. */
  readonly #index = new MemoryItems();

  constructor(nowMs: () => number, outside: Outside, rewrite: Rewrite = (request) => request) {
    this.#nowMs = nowMs;
    this.#outside = outside;
    this.#rewrite = rewrite;
    this.items = new MemoryItems((key, before, after) => this.#see(key, before, after));
    this.backorders = new BackorderRules(
      (what) => this.#break(what),
      (orderId) => reservationOf(this.items.get(reservationKey(orderId))),
    );
  }

  readonly send: Send = async (request: StoreRequest) => {
    if (request.kind === 'query') return this.#index.execute(request);
    const answer = this.items.execute(this.#rewrite(request, this.underWay?.call));
    for (const key of this.#touched) this.#checkShard(key);
    this.#touched.clear();
    this.backorders.check();
    return answer;
  };

  #see(key: string, before: Item | undefined, after: Item | undefined): void {
    this.#outside.witness(key, before, after);
    this.backorders.see(key, before, after);
    if (key.startsWith(backorderPrefix)) this.#outside.later(() => this.#indexNow(key));
    if (after === undefined) return;
    if (key.startsWith('I#')) {
      this.#touched.add(key);
      this.#noteSale(key, before, after);
    }
    if (!key.startsWith('R#')) return;
    const [was, is] = [reservationOf(before), reservationOf(after)];
    this.#checkTransition(key, was, is);
    if (was === undefined && this.underWay?.call !== 'fill' && is?.parts.some(({ shard }) => shard === 'backorder')) {
      this.#break(`${key}: got units reserved for backorders`);
    }
    this.#count(was, -1);
    this.#count(is, 1);
  }

  #indexNow(key: string): void {
    const item = this.items.get(key);
    if (item !== undefined) this.#index.put(item);
    else this.#index.execute({ kind: 'write', action: { key, remove: true, apply: () => ({ pk: key }) } });
  }

  /**
   * The lowest number of units of a SKU for sale during an interval. Units that moved between shards in the interval
   * are subtracted: a process that reads the shards one after the other may have missed them.
   */
  leastOnSale(sku: string, from: number, to: number): number {
    const all = this.#onSale.get(sku) ?? [];
    const before = all.findLast(({ at }) => at < from);
    const during = all.filter(({ at }) => at >= from && at <= to);
    const moved = (during.at(-1)?.moved ?? 0) - (before?.moved ?? 0);
    return Math.min(before?.units ?? 0, ...during.map(({ units }) => units)) - Math.max(0, moved);
  }

  #noteSale(key: string, before: Item | undefined, after: Item): void {
    const [was, is] = [countersOf(shardId(key), before), countersOf(shardId(key), after)];
    if (typeof is.shard !== 'number') return;
    const known = this.#onSale.get(is.sku) ?? [];
    const last = known.at(-1) ?? { units: 0, moved: 0 };
    const [units, moved] = [last.units + is.available - was.available, last.moved + is.movedOut - was.movedOut];
    known.push({ at: this.#nowMs(), units, moved });
    this.#onSale.set(is.sku, known);
  }

  #count(reservation: Reservation | undefined, sign: 1 | -1): void {
    if (reservation === undefined) return;
    const live = reservation.state === 'HELD' || reservation.state === 'CONFIRMED';
    for (const part of reservation.parts) {
      const sums = part.shipmentId !== undefined ? this.#shipped : live || part.due ? this.#promised : undefined;
      const key = `I#${shardName(part)}`;
      sums?.set(key, (sums.get(key) ?? 0) + sign * part.quantity);
      this.#touched.add(key);
    }
  }

  #checkShard(key: string): void {
    const { available, reserved, shipped, received, movedIn, movedOut } = countersOf(shardId(key), this.items.get(key));
    if (received + movedIn - movedOut !== available + reserved + shipped) {
      this.#break(`${key}: ${received} + ${movedIn} - ${movedOut} is not ${available} + ${reserved} + ${shipped}`);
    }
    if (Math.min(available, reserved, shipped, received, movedIn, movedOut) < 0) {
      this.#break(`${key}: below zero: ${[available, reserved, shipped, received, movedIn, movedOut]}`);
    }
    const promised = this.#promised.get(key) ?? 0;
    if (promised > reserved)
      this.#break(`${key}: oversold: orders were promised ${promised}, reserved are ${reserved}`);
    const left = this.#shipped.get(key) ?? 0;
    if (left !== shipped) this.#break(`${key}: ${left} units left with shipments, ${shipped} are shipped`);
  }

  #checkTransition(key: string, was: Reservation | undefined, is: Reservation | undefined): void {
    const { call, args } = this.underWay ?? {};
    if (is === undefined) {
      if (was !== undefined) this.#break(`${key}: a reservation was lost`);
      return;
    }
    if (was === undefined) {
      if (is.state !== 'HELD' && is.state !== 'RELEASED') this.#break(`${key}: began as ${is.state}`);
      return;
    }
    if (was.state !== is.state && !transitions[was.state].includes(is.state)) {
      this.#break(`${key}: ${was.state} became ${is.state}`);
    }
    const shape = (parts: readonly Part[]) =>
      parts.map(({ shipmentId: _, due: _due, ...part }) => JSON.stringify(part)).join();
    if (shape(was.parts) !== shape(is.parts)) this.#break(`${key}: reserved twice`);
    const recalled = was.parts.some(
      ({ shipmentId }, index) => shipmentId && is.parts[index]?.shipmentId !== shipmentId,
    );
    // A release of everything leaves no shipment on record.
    const nothingLeft = is.state === 'RELEASED' && is.parts.every(({ shipmentId }) => shipmentId === undefined);
    if (recalled && !nothingLeft) this.#break(`${key}: a shipment was lost`);
    if (call === 'confirm' && was.state === 'HELD' && (args?.[1] as string) >= was.expiresAt) {
      this.#break(`${key}: confirmed at ${args?.[1]}, expired at ${was.expiresAt}`);
    }
  }

  #break(what: string): void {
    this.broken ??= new RuleBroken(`${this.underWay?.call ?? 'no call'}: ${what}`);
  }
}

export function shardId(key: string): ShardId {
  const [, location = '', sku = '', shard = ''] = key.split('#');
  return { location, sku, shard: /^\d+$/.test(shard) ? Number(shard) : (shard as 'safety') };
}
