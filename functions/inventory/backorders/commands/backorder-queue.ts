import type { OpenReservation, Reservation } from '../../reservations/domain/reservation.ts';
import type { LineQuantity } from '../../reservations/domain/stock-store.ts';
import type { Contended } from '../../sharding/commands/stock-table.ts';
import type { SourcingTerms } from '../../sourcing/domain/allocate.ts';

/** The orders that wait for a SKU, taken together. */
export interface WaitingLine {
  readonly sku: string;
  /** Units that are waited for. Exact: it changes in the transactions that change who waits. */
  readonly units: number;
  /** Grows with whatever changes who waits, or whether there is still a reason to; 0 before anybody ever waited. */
  readonly revision: number;
}

/** An order that waits for one SKU at a time, or did so until a moment ago. */
export interface WaitingOrder extends SourcingTerms {
  readonly orderId: string;
  /** `filled`: it has what it waited for, and is on its way back to its saga. */
  readonly state: 'waiting' | 'filled';
  /** The SKU that is missing, and how many units of it the order wants. */
  readonly sku: string;
  readonly units: number;
  readonly mode: 'backorder' | 'preorder';
  /** When the order was placed, then its id: its place in the line, in whichever it waits. */
  readonly since: string;
  readonly lines: readonly LineQuantity[];
  /** Of the saga that could not reserve. */
  readonly correlationId: string;
  readonly traceparent: string;
  readonly revision: number;
}

/** A place in a line. */
export type Place = Pick<WaitingOrder, 'orderId' | 'since'>;

/** Units that go from being kept for orders that wait back on sale, at the same location. */
export interface Surplus {
  readonly location: string;
  readonly quantity: number;
}

export type JoinOutcome =
  | { readonly outcome: 'joined' }
  | { readonly outcome: 'waits'; readonly order: WaitingOrder }
  | { readonly outcome: 'reserved' }
  /** Units came in, or the line changed otherwise, since it was read. */
  | { readonly outcome: 'line-changed' }
  | Contended;

export type FillOutcome =
  | { readonly outcome: 'filled' }
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** The order no longer waits as it did, or somebody else was faster at one of the shards. */
  | { readonly outcome: 'changed' }
  | Contended;

export type LineOutcome = { readonly outcome: 'done' } | { readonly outcome: 'changed' } | Contended;

/** Who waits for what. Each call is one request to the store, atomic, and may be repeated. */
export interface WaitingLines {
  /** As of now. */
  find(orderId: string): Promise<WaitingOrder | undefined>;
  /** Orders that wait for the SKU, in order of arrival. May lag behind by a moment: one that has left may still be there. */
  inOrder(sku: string, after: Place | undefined, limit: number): Promise<readonly Place[]>;
  /** Puts the order in line if its line still is as it was read, and it has no reservation. */
  join(order: WaitingOrder, line: WaitingLine): Promise<JoinOutcome>;
  /** Writes the reservation, takes its parts from their shards and the order from the line: all or nothing. */
  fill(order: WaitingOrder, reservation: OpenReservation): Promise<FillOutcome>;
  /** Takes an order from the line that has a reservation, open or closed, from elsewhere. */
  settle(order: WaitingOrder): Promise<LineOutcome>;
  /** Lets an order wait for another SKU, with the time it came. */
  move(order: WaitingOrder, to: { readonly sku: string; readonly units: number }): Promise<LineOutcome>;
  /** Takes an order from the line that is no more. */
  leave(order: WaitingOrder): Promise<LineOutcome>;
  /** Removes what is left of an order that was filled. */
  forget(orderId: string): Promise<void>;
  /** Puts units on sale that nobody waits for, if the line still is as it was read. */
  putOnSale(line: WaitingLine, surplus: readonly Surplus[]): Promise<LineOutcome>;
  /** Has the line looked at: units may be there. Nothing where nobody ever waited. */
  wake(sku: string): Promise<void>;
}
