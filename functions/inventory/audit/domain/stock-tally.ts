import type { Instant } from '../../../shared/kernel/time.ts';
import type { LedgerRecord } from '../../ledger/index.ts';
import type { Reservation } from '../../reservations/index.ts';
import { type JournalEntry, type ShardCounters, type SkuPlan, shardName } from '../../sharding/index.ts';

/** An item of the inventory table with the fields that an audit uses. */
export type StockRecord =
  | { readonly kind: 'shard'; readonly shard: ShardCounters }
  | { readonly kind: 'reservation'; readonly reservation: Reservation }
  | { readonly kind: 'plan'; readonly plan: SkuPlan }
  | { readonly kind: 'ledger'; readonly record: LedgerRecord }
  /** A waiting order, or the total of a SKU's queue. */
  | { readonly kind: 'waiting' | 'queue'; readonly sku: string; readonly units: number }
  | { readonly kind: 'unreadable'; readonly key: string; readonly reason: string };

/** Units of a SKU at a location by the ledger: received, and the balance of all other entries. */
export interface LedgerSums {
  received: number;
  moved: number;
}

/** A hold that has not been released after its expiry. */
export interface OverdueHold {
  readonly orderId: string;
  readonly expiresAt: Instant;
}

/**
 * Sums up the items of the table, in any order. It stores sums by shard and by location but no reservations, so that
 * its size does not grow with the number of orders.
 */
export class StockTally {
  readonly shards = new Map<string, ShardCounters>();
  readonly plans = new Map<string, SkuPlan>();
  /** Units of live reservations that were not shipped, by shard. */
  readonly reserved = new Map<string, number>();
  /** Shipped units, by shard. */
  readonly shipped = new Map<string, number>();
  /** By `location#sku`. */
  readonly ledger = new Map<string, LedgerSums>();
  /** Units that waiting orders want, by SKU. */
  readonly waiting = new Map<string, number>();
  /** The total of the queue, by SKU. */
  readonly queues = new Map<string, number>();
  readonly unreadable: { readonly key: string; readonly reason: string }[] = [];
  readonly overdueHolds: OverdueHold[] = [];
  readonly #skipped: ReadonlySet<string>;
  readonly #overdueBefore: Instant;

  /**
   * @param overdueBefore holds that expired before this time are overdue.
   * @param skipped orders whose reservations the caller adds by `addReservation`.
   */
  constructor(overdueBefore: Instant, skipped: ReadonlySet<string> = new Set()) {
    this.#overdueBefore = overdueBefore;
    this.#skipped = skipped;
  }

  add(record: StockRecord): void {
    switch (record.kind) {
      case 'shard':
        this.shards.set(shardName(record.shard), record.shard);
        break;
      case 'reservation':
        if (!this.#skipped.has(record.reservation.orderId)) this.addReservation(record.reservation);
        break;
      case 'plan':
        this.plans.set(record.plan.sku, record.plan);
        break;
      case 'ledger':
        this.#addRecord(record.record);
        break;
      case 'waiting':
        increase(this.waiting, record.sku, record.units);
        break;
      case 'queue':
        increase(this.queues, record.sku, record.units);
        break;
      default:
        this.unreadable.push({ key: record.key, reason: record.reason });
    }
  }

  addReservation(reservation: Reservation): void {
    const { orderId, state, parts } = reservation;
    for (const part of parts) {
      const name = shardName(part);
      if (part.shipmentId !== undefined) increase(this.shipped, name, part.quantity);
      else if (isLive(reservation) || part.due) increase(this.reserved, name, part.quantity);
    }
    if (state === 'HELD' && reservation.expiresAt < this.#overdueBefore) {
      this.overdueHolds.push({ orderId, expiresAt: reservation.expiresAt });
    }
  }

  /** The entries of all journals, with the names of their shards. */
  entries(): readonly (JournalEntry & { readonly shard: string })[] {
    return [...this.shards].flatMap(([shard, { journal }]) => journal.map((entry) => ({ ...entry, shard })));
  }

  #addRecord({ kind, sku, body }: LedgerRecord): void {
    const at = (location: unknown): LedgerSums => {
      const place = `${location}#${sku}`;
      const known = this.ledger.get(place) ?? { received: 0, moved: 0 };
      this.ledger.set(place, known);
      return known;
    };
    const quantity = Number(body.quantity ?? 0);
    if (kind === 'receipt') at(body.location).received += quantity;
    if (kind === 'adjustment') at(body.location).moved += quantity;
    if (kind === 'count') at(body.location).moved += Number(body.delta ?? 0);
    if (kind === 'move') {
      at(body.from).moved -= quantity;
      at(body.to).moved += quantity;
    }
  }
}

/** Whether the reservation reserves its units that were not shipped. */
export function isLive({ state }: Reservation): boolean {
  return state === 'HELD' || state === 'CONFIRMED';
}

/** Whether the reservation is closed and some of its units have not gone back for sale yet. */
export function isReturning({ parts }: Reservation): boolean {
  return parts.some(({ due }) => due);
}

function increase(sums: Map<string, number>, key: string, units: number): void {
  sums.set(key, (sums.get(key) ?? 0) + units);
}
