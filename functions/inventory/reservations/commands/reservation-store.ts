import type { Contended } from '../../../shared/kernel/contention.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { RegisteredLocation } from '../../locations/index.ts';
import type { Closed, ShardCounters, ShardId, SkuPlan } from '../../sharding/index.ts';
import type { Change, OpenReservation, Reservation } from '../domain/reservation.ts';

export type HoldOutcome =
  | { readonly outcome: 'held' }
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** Shards that had too few units, and their counters. */
  | { readonly outcome: 'insufficient'; readonly shards: readonly ShardCounters[] }
  /**
   * A nonce of the reservation is voided, and its units are being returned: this reservation can never be held any
   * more.
   */
  | { readonly outcome: 'voided' }
  /**
   * Other requests were writing the same items; nothing happened. `shards`: those among the items, when the store names
   * them.
   */
  | { readonly outcome: 'contended'; readonly shards: readonly ShardId[] | undefined };

/** `changed`: the reservation was not as expected, and nothing happened. It is as in `reservation` now. */
export type ChangeOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'changed'; readonly reservation: Reservation | undefined }
  | Contended;

/** The reservations of the orders. Each call is one atomic request to the store and may be repeated. */
export interface ReservationStore {
  /** Reads an order's reservation, strongly consistent. */
  find(orderId: string): Promise<Reservation | undefined>;
  /**
   * Writes the reservation if the order has none, and takes the units of the parts without a nonce from their shards.
   * Parts with a nonce are debited already and only bound. The request is sent once.
   *
   * @throws errors after which a reservation with nonces may still come to be held at any later time, unless one of its
   * nonces is voided.
   */
  hold(reservation: OpenReservation): Promise<HoldOutcome>;
  /** Marks an order as released unless it has a reservation. */
  forbid(orderId: string): Promise<ChangeOutcome>;
  /**
   * Writes a change if the reservation is still as in `before`. `closed`: nothing happened, because these shards are
   * closed.
   */
  change(before: Reservation, change: Change): Promise<ChangeOutcome | Closed>;
}

/** Reads reservation, plans, shards and locations in one strongly consistent request. */
export interface StockReader {
  readStock(wanted: {
    readonly orderId: string;
    readonly skus: readonly string[];
    readonly shards: readonly ShardId[];
    readonly locations: boolean;
  }): Promise<{
    readonly reservation: Reservation | undefined;
    readonly plans: ReadonlyMap<string, SkuPlan>;
    /** In the order in which they were requested. */
    readonly shards: readonly ShardCounters[];
    /** Present when they were requested. */
    readonly locations: readonly RegisteredLocation[] | undefined;
  }>;
}

/** Makes holds permanent. */
export interface HoldConfirmation {
  /** Changes a reservation from HELD to CONFIRMED if it has not expired at `now`. */
  confirm(orderId: string, now: Instant): Promise<ChangeOutcome>;
}
