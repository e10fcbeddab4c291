import type { Contended } from '../../../shared/kernel/contention.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { RegisteredLocation } from '../../locations/index.ts';
import type { Closed, ShardCounters, ShardId, SkuPlan } from '../../sharding/index.ts';
import type { Change, OpenReservation, Reservation } from '../domain/reservation.ts';

export type HoldOutcome =
  | { readonly outcome: 'held' }
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** Shards that had too little, and what they had. */
  | { readonly outcome: 'insufficient'; readonly shards: readonly ShardCounters[] }
  /** A nonce of the reservation was voided, and its units are being given back. It can never be held any more. */
  | { readonly outcome: 'voided' }
  /** Other requests were writing the same items; nothing happened. The shards among them, when the store says which. */
  | { readonly outcome: 'contended'; readonly shards: readonly ShardId[] | undefined };

/** `changed`: it was not as expected; nothing happened. It is like this now. */
export type ChangeOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'changed'; readonly reservation: Reservation | undefined }
  | Contended;

/** The reservations of the orders. Each call is one request to the store, atomic, and may be repeated. */
export interface ReservationStore {
  /** As of now. */
  find(orderId: string): Promise<Reservation | undefined>;
  /**
   * Writes the reservation if there is none, and takes from their shards those of its parts that have no nonce; parts
   * with one are debited already and only bound. Sent once: what it throws when there are nonces means that it may
   * come to be held at any later time, unless a nonce is voided.
   */
  hold(reservation: OpenReservation): Promise<HoldOutcome>;
  /** Marks an order as released unless it has a reservation. */
  forbid(orderId: string): Promise<ChangeOutcome>;
  /** Carries out a change if the reservation still is as it was `before`. `closed`: shards that take no units. */
  change(before: Reservation, change: Change): Promise<ChangeOutcome | Closed>;
}

/** Reservations, plans, shards and locations in one strongly consistent request. */
export interface StockReader {
  readStock(wanted: {
    readonly orderId: string;
    readonly skus: readonly string[];
    readonly shards: readonly ShardId[];
    readonly locations: boolean;
  }): Promise<{
    readonly reservation: Reservation | undefined;
    readonly plans: ReadonlyMap<string, SkuPlan>;
    /** In the order in which they were asked for. */
    readonly shards: readonly ShardCounters[];
    /** Present when they were asked for. */
    readonly locations: readonly RegisteredLocation[] | undefined;
  }>;
}

/** Makes holds permanent. */
export interface HoldConfirmation {
  /** HELD and not yet expired -> CONFIRMED. */
  confirm(orderId: string, now: Instant): Promise<ChangeOutcome>;
}
