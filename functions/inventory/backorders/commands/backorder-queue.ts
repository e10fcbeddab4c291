import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { Contended } from '../../../shared/kernel/contention.ts';
import type { OpenReservation, Reservation } from '../../reservations/index.ts';
import type { SkuPlan } from '../../sharding/index.ts';
import type { BackorderedOrder, FilledOrder, QueuePlace, QueueTotals, Surplus } from '../domain/backorder.ts';

export type JoinOutcome =
  | { readonly outcome: 'joined' }
  | { readonly outcome: 'waits'; readonly order: BackorderedOrder }
  | { readonly outcome: 'reserved' }
  /** The queue changed since it was read: units arrived, or an order joined or left. */
  | { readonly outcome: 'queue-changed' }
  | Contended;

export type FillOutcome =
  | { readonly outcome: 'filled' }
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** The order's record changed, or one of the shards has too few units left. */
  | { readonly outcome: 'changed' }
  | Contended;

export type QueueOutcome = { readonly outcome: 'done' } | { readonly outcome: 'changed' } | Contended;

/** Port to the backorder queues, one per SKU. Each call is one atomic request to the store and may be repeated. */
export interface BackorderQueue {
  /** Strongly consistent. */
  find(orderId: string): Promise<BackorderedOrder | undefined>;
  /**
   * Orders that wait for the SKU, in order of placement, after a place and up to a limit. Eventually consistent: an
   * order that has just joined may be missing, and one that has just left may be included.
   */
  inOrder(sku: string, after: QueuePlace | undefined, limit: number): Promise<readonly QueuePlace[]>;
  /** Adds an order, on condition that the queue has not changed since it was read and the order has no reservation. */
  join(order: BackorderedOrder, queue: QueueTotals): Promise<JoinOutcome>;
  /**
   * Writes the reservation, debits the shards of its parts without a nonce and removes the order from the queue, in one
   * transaction.
   */
  fill(order: BackorderedOrder, reservation: OpenReservation): Promise<FillOutcome>;
  /**
   * Removes an order from the queue without a debit: it has a reservation already, open or closed, or it lacks a SKU for
   * which it may not wait.
   */
  markFilled(order: BackorderedOrder): Promise<QueueOutcome>;
  /** Moves an order to the queue of another SKU; its time of placement still decides its place. */
  move(order: BackorderedOrder, to: Pick<BackorderedOrder, 'sku' | 'units' | 'mode'>): Promise<QueueOutcome>;
  /** Removes a rejected or cancelled order from the queue. */
  leave(order: BackorderedOrder): Promise<QueueOutcome>;
  /**
   * Deletes the record of a filled order, as it was read. A request that comes late must not delete the record of a later
   * wait, which its saga has not seen yet.
   */
  forget(order: FilledOrder): Promise<void>;
  /** Puts surplus reserved units on sale, on condition that the queue has not changed since it was read. */
  putOnSale(queue: QueueTotals, surplus: readonly Surplus[]): Promise<QueueOutcome>;
  /**
   * Triggers a walk of the queue and returns the units that orders wait for. Does nothing and returns 0 for a SKU that
   * never had backorders.
   */
  wake(sku: string): Promise<number>;
  /**
   * Sets the count of a queue without orders to 0, on condition that the queue has not changed since it was read. Only
   * for a count that is wrong.
   */
  clear(queue: QueueTotals): Promise<QueueOutcome>;
  /** The queues of these SKUs, strongly consistent. SKUs that never had backorders are left out. */
  totals(skus: readonly string[]): Promise<ReadonlyMap<string, QueueTotals>>;
}

/** Port that reads plans and queues in one request. */
export interface PlanQueues {
  plansAndQueues(
    skus: readonly string[],
    consistency: Consistency,
  ): Promise<{
    readonly plans: ReadonlyMap<string, SkuPlan>;
    /** SKUs that never had backorders are left out. */
    readonly queues: ReadonlyMap<string, QueueTotals>;
  }>;
}
