import type { Instant } from '../../../shared/kernel/time.ts';
import type { LedgerRecord } from '../../ledger/index.ts';
import type { Reservation } from '../../reservations/index.ts';
import { type JournalEntry, type ShardCounters, type SkuPlan, shardName } from '../../sharding/index.ts';

/** An item of the table, as far as an audit looks at it. */
export type StockRecord =
  | { readonly kind: 'shard'; readonly shard: ShardCounters }
  | { readonly kind: 'reservation'; readonly reservation: Reservation }
  | { readonly kind: 'plan'; readonly plan: SkuPlan }
  | { readonly kind: 'ledger'; readonly record: LedgerRecord }
  /** An order that waits for units, and the queue of all that wait for a SKU. */
  | { readonly kind: 'waiting' | 'queue'; readonly sku: string; readonly units: number }
  | { readonly kind: 'unreadable'; readonly key: string; readonly reason: string };

/** Units of one location that came in by receipts, or in and out otherwise. */
export interface Ledgered {
  received: number;
  moved: number;
}

/** A hold as far as its end matters. */
export interface KeptHold {
  readonly orderId: string;
  readonly expiresAt: Instant;
}

/**
 * Adds up what is in the table, item by item in any order. It keeps sums by shard and by location, and no reservation:
 * millions of them fit.
 */
export class StockTally {
  readonly shards = new Map<string, ShardCounters>();
  readonly plans = new Map<string, SkuPlan>();
  /** By shard: units of live reservations, and units that left with shipments. */
  readonly reserved = new Map<string, number>();
  readonly shipped = new Map<string, number>();
  /** By `location#sku`. */
  readonly ledger = new Map<string, Ledgered>();
  /** By SKU: units that single orders wait for, and what their queue says. */
  readonly waiting = new Map<string, number>();
  readonly queues = new Map<string, number>();
  readonly unreadable: { readonly key: string; readonly reason: string }[] = [];
  readonly kept: KeptHold[] = [];
  readonly #skipped: ReadonlySet<string>;
  readonly #keptBefore: Instant;

  /**
   * @param keptBefore holds that ended before are remembered.
   * @param skipped orders whose reservations are added separately.
   */
  constructor(keptBefore: Instant, skipped: ReadonlySet<string> = new Set()) {
    this.#keptBefore = keptBefore;
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
      else if (isLive(reservation)) increase(this.reserved, name, part.quantity);
    }
    if (state === 'HELD' && reservation.expiresAt < this.#keptBefore) {
      this.kept.push({ orderId, expiresAt: reservation.expiresAt });
    }
  }

  /** Every entry of every journal. */
  entries(): readonly (JournalEntry & { readonly shard: string })[] {
    return [...this.shards].flatMap(([shard, { journal }]) => journal.map((entry) => ({ ...entry, shard })));
  }

  #addRecord({ kind, sku, body }: LedgerRecord): void {
    const at = (location: unknown): Ledgered => {
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

/** Whether its units that were not shipped are reserved. */
export function isLive({ state }: Reservation): boolean {
  return state === 'HELD' || state === 'CONFIRMED';
}

function increase(sums: Map<string, number>, key: string, units: number): void {
  sums.set(key, (sums.get(key) ?? 0) + units);
}
