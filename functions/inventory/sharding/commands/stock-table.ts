import type { Instant } from '../../../shared/kernel/time.ts';
import type { WaitingLine } from '../../backorders/commands/backorder-queue.ts';
import type { RegisteredLocation } from '../../locations/domain/location.ts';
import type { Change, OpenReservation, Reservation } from '../../reservations/domain/reservation.ts';
import type { Receipt } from '../../reservations/domain/stock-store.ts';
import type { ShardId, SkuPlan } from '../domain/shard-plan.ts';

/**
 * A debit that lies in its shard's journal: it may or may not be bound by its order's reservation yet. The nonce is the
 * debit's own and never used again, not even to send the same debit a second time.
 */
export interface JournalEntry {
  readonly nonce: string;
  readonly orderId: string;
  readonly quantity: number;
  /** When the debit was sent: milliseconds since 1970 by the sender's clock. Only its age matters, and only to find it. */
  readonly at: number;
}

/** The columns of one shard. At every moment: received + moved in - moved out = available + reserved + shipped. */
export interface ShardCounters extends ShardId {
  readonly available: number;
  readonly reserved: number;
  readonly shipped: number;
  readonly received: number;
  readonly movedIn: number;
  readonly movedOut: number;
  /** Grows whenever units come (back) for sale. */
  readonly credits: number;
  /** Only in a closed shard: the number of shards that its location shrinks to. Nothing sells from it or goes into it. */
  readonly closedTo?: number;
  readonly journal: readonly JournalEntry[];
}

export interface Wanted {
  readonly orderId?: string;
  /** More orders, for whoever looks after those of others. */
  readonly orderIds?: readonly string[];
  readonly skus?: readonly string[];
  readonly shards?: readonly ShardId[];
  /** True for all registered locations. */
  readonly places?: boolean;
  readonly record?: { readonly kind: LedgerKind; readonly id: string };
  /** SKUs of which to tell how many units are waited for. */
  readonly lines?: readonly string[];
}

export interface Found {
  readonly reservation: Reservation | undefined;
  /** Those of `orderIds` that have one. */
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly plans: ReadonlyMap<string, SkuPlan>;
  /** Every shard that was asked for; one that does not exist has zeros. */
  readonly shards: readonly ShardCounters[];
  /** Present when it was asked for, and the table has a registry. */
  readonly places?: readonly RegisteredLocation[];
  /** The ledger's record that was asked for, if there is one. */
  readonly record?: LedgerRecord;
  /** Those of `lines` that anybody ever waited in. */
  readonly lines?: ReadonlyMap<string, WaitingLine>;
}

/** Others were writing the same items; nothing happened. Worth repeating after a moment. */
export type Contended = {
  readonly outcome: 'contended';
  /** The shards where it met them, when the store says which. */
  readonly shards?: readonly ShardId[];
};

export type HoldOutcome =
  | { readonly outcome: 'held' }
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** Shards that had too little, and what they had. */
  | { readonly outcome: 'short'; readonly shards: readonly ShardCounters[] }
  /** A nonce of the reservation was voided: whoever voided it gives its units back. It can never be held any more. */
  | { readonly outcome: 'voided' }
  | Contended;

/** One debit of a hot shard: units leave `available` at once, the reservation that binds them follows. */
export interface Debit extends ShardId {
  readonly quantity: number;
  readonly orderId: string;
  readonly nonce: string;
  readonly at: number;
  /** Entries of this shard whose reservations are written: they leave the journal with this write, at no cost. At most {@link maxSettled}. */
  readonly settled: readonly string[];
}

export type DebitOutcome =
  | { readonly outcome: 'debited'; readonly shard: ShardCounters }
  /** The shard has too little, is closed or does not exist. */
  | { readonly outcome: 'short'; readonly shard: ShardCounters }
  | Contended;

/** Where to put units that come back, when their own shard is closed. */
export interface Return extends ShardId {
  readonly quantity: number;
  /** An open shard of the same location. Without it they go to their own, and that must be open. */
  readonly creditTo?: number;
}

/** `closed`: nothing happened, because these shards take no units. */
export type Closed = { readonly outcome: 'closed'; readonly shards: readonly ShardCounters[] };

export type UndoOutcome =
  | { readonly outcome: 'undone' }
  /** The entry is not there: it was undone before, or its reservation is known to bind it. */
  | { readonly outcome: 'gone' }
  | Closed
  | Contended;

export type VoidOutcome =
  | { readonly outcome: 'voided' }
  /** There is a reservation, which can no longer be kept from binding what it binds. */
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** So many nonces of this order were voided that no more can be remembered. */
  | { readonly outcome: 'full' }
  | Contended;

/** What somebody saw who looked at all shards of a SKU. */
export interface Board {
  readonly sku: string;
  /** When the look began: milliseconds since 1970. What it says was so at some moment after that. */
  readonly at: number;
  /** Units for sale in all shards together. */
  readonly units: number;
  /** The fullest shards that had any, at most {@link maxBoardShards}. */
  readonly free: readonly { readonly location: string; readonly shard: number; readonly available: number }[];
  /** Sum of the shards' `credits`. */
  readonly credits: number;
  /** When a look first found the present sum, as far as is known: units came back of late. */
  readonly creditsChangedAt: number;
}

export type LedgerKind = 'receipt' | 'adjustment' | 'move' | 'count';

/** Why units came, went or moved: written with the shards that it explains, once for its kind and id. */
export interface LedgerRecord {
  readonly kind: LedgerKind;
  readonly id: string;
  readonly sku: string;
  readonly at: Instant;
  /** Whatever else the kind says, in plain values. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Units for sale that go from one shard to another, at the same location or not. Without `from` they come from outside
 * the books (found at a count), without `to` they leave them (damaged).
 */
export interface Transfer {
  readonly sku: string;
  readonly from?: ShardId;
  readonly to?: ShardId;
  /** 0 to close only. */
  readonly quantity: number;
  /** Only if `from` has exactly so many units for sale. */
  readonly ifAvailable?: number;
  /** Closes `from`: the number of shards that its location shrinks to. */
  readonly close?: number;
  readonly ledger?: LedgerRecord;
}

export type TransferOutcome =
  | { readonly outcome: 'done' }
  /** Too little is available, not what was expected, or a closed shard; as they are. */
  | { readonly outcome: 'refused'; readonly shards: readonly ShardCounters[] }
  /** The ledger has the record already. Whether it says the same is for the caller to compare. */
  | { readonly outcome: 'repeated'; readonly record: LedgerRecord }
  | Contended;

/** What a posting does to one shard, and on which conditions. */
export interface ShardChange extends ShardId {
  /** Units that come in for sale, or to be kept back; the shard must be open. */
  readonly in?: number;
  /** Units that go out; so many must be available. */
  readonly out?: number;
  /** Only if the shard has exactly so many units available. */
  readonly ifAvailable?: number;
  /** Only if nothing came into the shard or left it since it was seen so. Sales and their release do neither. */
  readonly ifUntouched?: Pick<ShardCounters, 'received' | 'movedIn' | 'movedOut' | 'shipped'>;
}

/** Units that come, go or move beside sales: in any number of shards, with the record that explains them. */
export interface Posting {
  readonly sku: string;
  readonly changes: readonly ShardChange[];
  readonly record?: LedgerRecord;
  /** Written over the revision before it, or only required to be this revision still; 0 stands for no plan at all. */
  readonly plan: { readonly write: SkuPlan } | { readonly require: number } | undefined;
}

export type PostOutcome =
  | { readonly outcome: 'posted' }
  /** The ledger has a record of this kind and id already. Whether it says the same is for the caller to compare. */
  | { readonly outcome: 'repeated'; readonly record: LedgerRecord }
  /** Plan or shards were not as expected; nothing happened. */
  | { readonly outcome: 'changed' }
  | Contended;

/** `changed`: it was not as expected; nothing happened. It is like this now. */
export type ChangeOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'changed'; readonly reservation: Reservation | undefined }
  | Contended;

/** What may become of a change that gives units back. */
export type SettleOutcome = ChangeOutcome | Closed;

export interface Booking {
  readonly receipt: Receipt;
  readonly at: Instant;
  readonly pieces: readonly {
    readonly shard: ShardId['shard'];
    readonly quantity: number;
    /** Only if the shard has exactly so many units available. */
    readonly ifAvailable?: number;
  }[];
  /** Written along with the receipt when the SKU or the location is new. */
  readonly plan: SkuPlan | undefined;
  /** Only if the line of orders that wait for the SKU still has this revision, which the receipt changes. */
  readonly line?: number;
}

export type BookOutcome =
  | { readonly outcome: 'booked' }
  | { readonly outcome: 'exists'; readonly receipt: Receipt }
  | { readonly outcome: 'plan-changed' }
  | Closed
  | Contended;

export type ReopenOutcome = { readonly outcome: 'done' } | { readonly outcome: 'plan-changed' } | Contended;

/**
 * The table as the reservation paths see it: each call is one request to the store, atomic, and may be repeated. The
 * algorithms over it know no database, so that a simulation can run them.
 */
export interface StockTable {
  /** `latest` sees every write that was acknowledged before; `cheap` may be a moment old and costs half. */
  read(wanted: Wanted, how: 'latest' | 'cheap'): Promise<Found>;
  /**
   * Writes the reservation if there is none, and takes from their shards those of its parts that have no nonce; parts
   * with one are debited already and only bound. Sent once: what it throws when there are nonces means that it may
   * come to be held at any later time, unless a nonce is voided.
   */
  hold(reservation: OpenReservation): Promise<HoldOutcome>;
  /** Takes units from one shard with one plain write, which is sent once. What it throws means that it may have happened. */
  debit(debit: Debit): Promise<DebitOutcome>;
  /** Gives a debit's units back and removes its entry, both only if the entry is still there. */
  undoDebit(units: Return & { readonly nonce: string }): Promise<UndoOutcome>;
  /** Removes entries that a reservation binds; no units move. */
  dropEntries(shard: ShardId, nonces: readonly string[]): Promise<void>;
  /** Makes sure that no reservation of the order will ever bind the nonce, unless one does already. */
  voidNonce(orderId: string, nonce: string): Promise<VoidOutcome>;
  /** May be a moment old. */
  readBoard(sku: string, copy: number): Promise<Board | undefined>;
  /** Never over a board that is newer. */
  writeBoard(copy: number, board: Board): Promise<void>;
  transfer(transfer: Transfer): Promise<TransferOutcome>;
  /** HELD and not yet expired -> CONFIRMED. */
  confirm(orderId: string, now: Instant): Promise<ChangeOutcome>;
  /** Marks an order as released unless it has a reservation. */
  forbid(orderId: string): Promise<ChangeOutcome>;
  /** Carries out a change if the reservation still is as it was `before`. */
  change(before: Reservation, change: Change): Promise<SettleOutcome>;
  book(booking: Booking): Promise<BookOutcome>;
  post(posting: Posting): Promise<PostOutcome>;
  /** Writes a plan over the revision before it, and its SKU into the list of hot ones or out of it. */
  writePlan(plan: SkuPlan): Promise<'written' | 'changed'>;
  /** Opens closed shards of a SKU, if its plan still has this revision; at most {@link maxReopened}. */
  reopen(plan: Pick<SkuPlan, 'sku' | 'revision'>, shards: readonly ShardId[]): Promise<ReopenOutcome>;
  /** SKUs that somebody has to look after. May be a moment old. */
  hotSkus(): Promise<readonly string[]>;
}

/** Actions of one transaction: the store's limit. One is the record, the others are shards. */
export const maxTransactionActions = 100;

/** Beside them, the transaction checks the plan. */
export const maxReopened = maxTransactionActions - 1;
/** Entries that one debit removes from its shard's journal: a process has few sales under way at a time. */
export const maxSettled = 8;
/** With these a board stays under one kilobyte. */
export const maxBoardShards = 60;
/** Voided nonces that one order's record remembers. None is ever forgotten; an order is tried a few times in its life. */
export const maxVoided = 50;
