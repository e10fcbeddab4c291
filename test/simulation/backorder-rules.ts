import type { Item } from '../../bench/inventory-simulator/memory-items.ts';
import { backorderOf, unitsIn } from '../../bench/inventory-simulator/memory-queue-records.ts';
import { planOf } from '../../bench/inventory-simulator/memory-records.ts';
import { type BackorderedOrder, backorderPrefix, queuePrefix } from '../../functions/inventory/backorders/index.ts';
import type { Reservation } from '../../functions/inventory/reservations/index.ts';
import { planPrefix } from '../../functions/inventory/sharding/index.ts';
import { unitsWanted } from '../../functions/inventory/sourcing/index.ts';

/** Where the rules find the stored reservation of an order. */
type FindReservation = (orderId: string) => Reservation | undefined;

/** The rules of the backorder queues that hold after every request. */
export class BackorderRules {
  readonly #break: (what: string) => void;
  readonly #reservation: FindReservation;
  /** Units of the waiting orders, and units that the queue counts, by SKU. */
  readonly #waited = new Map<string, number>();
  readonly #counted = new Map<string, number>();
  /** The highest limit that a SKU has had; absent for a SKU that never accepted backorders. */
  readonly #limits = new Map<string, number>();
  /** Orders that have left their queue and whose saga has not been resumed. */
  readonly #unresumed = new Set<string>();
  readonly #touched = new Set<string>();
  /** SKUs whose queue an order joins in the request under way. */
  readonly #joined = new Set<string>();

  constructor(broken: (what: string) => void, reservation: FindReservation) {
    this.#break = broken;
    this.#reservation = reservation;
  }

  see(key: string, before: Item | undefined, after: Item | undefined): void {
    if (key.startsWith(backorderPrefix)) {
      this.#seeOrder(key, before && backorderOf(before), after && backorderOf(after));
    } else if (key.startsWith(queuePrefix)) {
      this.#counted.set(key.slice(queuePrefix.length), unitsIn(after));
      this.#touched.add(key.slice(queuePrefix.length));
    } else if (key.startsWith(planPrefix) && after !== undefined) {
      const { sku, backorder } = planOf(after);
      if (backorder === undefined) return;
      this.#limits.set(sku, Math.max(this.#limits.get(sku) ?? 0, backorder.limit ?? Number.POSITIVE_INFINITY));
    }
  }

  /** The saga of an order that has left its queue is resumed. */
  resumed(orderId: string): void {
    this.#unresumed.delete(orderId);
  }

  /** Checks what the request that has just been carried out changed. */
  check(): void {
    for (const sku of this.#touched) {
      const [waited, counted] = [this.#waited.get(sku) ?? 0, this.#counted.get(sku) ?? 0];
      if (waited !== counted) this.#break(`${sku}: orders wait for ${waited} units, the queue counts ${counted}`);
    }
    for (const sku of this.#joined) {
      const [counted, limit] = [this.#counted.get(sku) ?? 0, this.#limits.get(sku) ?? 0];
      if (counted > limit) this.#break(`${sku}: an order joined, and the queue of at most ${limit} counts ${counted}`);
    }
    this.#touched.clear();
    this.#joined.clear();
  }

  #seeOrder(key: string, was: BackorderedOrder | undefined, is: BackorderedOrder | undefined): void {
    this.#count(was, -1);
    this.#count(is, 1);
    if (was === undefined) {
      if (is?.state !== 'waiting' || is.revision !== 0) this.#break(`${key}: began as ${is?.state} ${is?.revision}`);
      if (is !== undefined) this.#joined.add(is.sku);
    } else if (is !== undefined) {
      if (was.state === 'filled') this.#break(`${key}: was filled and became ${is.state}`);
      if (is.revision !== was.revision + 1) this.#break(`${key}: revision ${was.revision} became ${is.revision}`);
      if (is.state === 'filled') this.#unresumed.add(is.orderId);
      if (!this.#limits.has(is.sku)) this.#break(`${key}: waits for ${is.sku}, which never accepted backorders`);
    } else this.#seeEnd(key, was);
    if (is !== undefined && unitsWanted(is.lines).get(is.sku) !== is.units) {
      this.#break(`${key}: waits for ${is.units} of ${is.sku}, which is not what it wants`);
    }
  }

  #seeEnd(key: string, { orderId, state }: BackorderedOrder): void {
    const isClosed = this.#reservation(orderId) !== undefined;
    if (state === 'waiting' && !isClosed) this.#break(`${key}: left its queue and could still join it again`);
    if (state === 'filled' && this.#unresumed.has(orderId) && !isEnded(this.#reservation(orderId))) {
      this.#break(`${key}: was forgotten before its saga was resumed`);
    }
    this.#unresumed.delete(orderId);
  }

  #count(order: BackorderedOrder | undefined, sign: 1 | -1): void {
    if (order?.state !== 'waiting') return;
    this.#waited.set(order.sku, (this.#waited.get(order.sku) ?? 0) + sign * order.units);
    this.#touched.add(order.sku);
  }
}

/** Whether a release has been recorded, after which the saga ends and no resumption is needed. */
function isEnded(reservation: Reservation | undefined): boolean {
  return reservation !== undefined && reservation.state !== 'HELD';
}
