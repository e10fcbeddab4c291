import type { Instant } from '../../shared/kernel/time.ts';
import type { RegisteredLocation } from './locations.ts';
import type { Change, OpenReservation, Reservation } from './reservation.ts';
import type { ShardId, SkuPlan } from './shard-plan.ts';
import type { Receipt } from './stock-store.ts';

/** The columns of one shard. At every moment: received + moved in - moved out = available + reserved + shipped. */
export interface ShardCounters extends ShardId {
  readonly available: number;
  readonly reserved: number;
  readonly shipped: number;
}

export interface Wanted {
  readonly orderId?: string;
  readonly skus?: readonly string[];
  readonly shards?: readonly ShardId[];
  /** True for all registered locations. */
  readonly places?: boolean;
}

export interface Found {
  readonly reservation: Reservation | undefined;
  readonly plans: ReadonlyMap<string, SkuPlan>;
  /** Every shard that was asked for; one that does not exist has zeros. */
  readonly shards: readonly ShardCounters[];
  /** Present when it was asked for, and the table has a registry. */
  readonly places?: readonly RegisteredLocation[];
}

/** Others were writing the same items; nothing happened. Worth repeating after a moment. */
export type Contended = { readonly outcome: 'contended' };

export type HoldOutcome =
  | { readonly outcome: 'held' }
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** Shards that had too little, and what they had. */
  | { readonly outcome: 'short'; readonly shards: readonly ShardCounters[] }
  | Contended;

/** `changed`: it was not as expected; nothing happened. It is like this now. */
export type ChangeOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'changed'; readonly reservation: Reservation | undefined }
  | Contended;

export interface Booking {
  readonly receipt: Receipt;
  readonly pieces: readonly { readonly shard: number; readonly quantity: number }[];
  /** Written along with the receipt when the SKU or the location is new. */
  readonly plan: SkuPlan | undefined;
}

export type BookOutcome =
  | { readonly outcome: 'booked' }
  | { readonly outcome: 'exists'; readonly receipt: Receipt }
  | { readonly outcome: 'plan-changed' }
  | Contended;

/**
 * The table as the reservation paths see it: each call is one request to the store, atomic, and may be repeated. The
 * algorithms over it know no database, so that a simulation can run them.
 */
export interface StockTable {
  /** `latest` sees every write that was acknowledged before; `cheap` may be a moment old and costs half. */
  read(wanted: Wanted, how: 'latest' | 'cheap'): Promise<Found>;
  /** Writes the reservation if there is none and takes its parts from their shards. */
  hold(reservation: OpenReservation): Promise<HoldOutcome>;
  /** HELD and not yet expired -> CONFIRMED. */
  confirm(orderId: string, now: Instant): Promise<ChangeOutcome>;
  /** Marks an order as released unless it has a reservation. */
  forbid(orderId: string): Promise<ChangeOutcome>;
  /** Carries out a change if the reservation still is as it was `before`. */
  change(before: Reservation, change: Change): Promise<ChangeOutcome>;
  book(booking: Booking): Promise<BookOutcome>;
  /** Writes a plan over the revision before it. */
  writePlan(plan: SkuPlan): Promise<'written' | 'changed'>;
  /** Orders with holds whose time is over, the oldest first; about `limit`. May lag behind by a moment. */
  dueHolds(now: Instant, limit: number): Promise<string[]>;
}

/** Actions of one transaction: the store's limit. One is the record, the others are shards. */
export const maxTransactionActions = 100;
