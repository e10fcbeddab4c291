import type { Consistency } from '../../../shared/kernel/consistency.ts';
import type { Contended } from '../../../shared/kernel/contention.ts';
import type { OpenReservation, Reservation } from '../../reservations/index.ts';
import type { SkuPlan } from '../../sharding/index.ts';
import type { BackorderedOrder, QueuePlace, QueueTotals, Surplus } from '../domain/backorder.ts';

export type JoinOutcome =
  | { readonly outcome: 'joined' }
  | { readonly outcome: 'waits'; readonly order: BackorderedOrder }
  | { readonly outcome: 'reserved' }
  /** Units came in, or the queue changed otherwise, since it was read. */
  | { readonly outcome: 'queue-changed' }
  | Contended;

export type FillOutcome =
  | { readonly outcome: 'filled' }
  | { readonly outcome: 'exists'; readonly reservation: Reservation }
  /** The order no longer waits as it did, or another buyer was faster at one of the shards. */
  | { readonly outcome: 'changed' }
  | Contended;

export type QueueOutcome = { readonly outcome: 'done' } | { readonly outcome: 'changed' } | Contended;

/** The orders that wait for units, by SKU. Each call is one request to the store, atomic, and may be repeated. */
export interface BackorderQueue {
  /** As of now. */
  find(orderId: string): Promise<BackorderedOrder | undefined>;
  /** Orders that wait for the SKU, in order of arrival. May lag behind by a moment: one that has left may still be there. */
  inOrder(sku: string, after: QueuePlace | undefined, limit: number): Promise<readonly QueuePlace[]>;
  /** Queues an order if its queue still is as it was read, and the order has no reservation. */
  join(order: BackorderedOrder, queue: QueueTotals): Promise<JoinOutcome>;
  /** Writes the reservation, takes its parts from their shards and the order from the queue: all or nothing. */
  fill(order: BackorderedOrder, reservation: OpenReservation): Promise<FillOutcome>;
  /** Takes an order from the queue that has a reservation, open or closed, from elsewhere. */
  markFilled(order: BackorderedOrder): Promise<QueueOutcome>;
  /** Lets an order wait for another SKU, with the time it came. */
  move(order: BackorderedOrder, to: { readonly sku: string; readonly units: number }): Promise<QueueOutcome>;
  /** Takes a rejected or cancelled order from the queue. */
  leave(order: BackorderedOrder): Promise<QueueOutcome>;
  /** Removes what is left of an order that was filled. */
  forget(orderId: string): Promise<void>;
  /** Puts reserved units on sale that no order waits for, if the queue still is as it was read. */
  putOnSale(queue: QueueTotals, surplus: readonly Surplus[]): Promise<QueueOutcome>;
  /** Triggers a walk of the queue, and answers how many units orders wait for; no-op and 0 for a SKU that never had backorders. */
  wake(sku: string): Promise<number>;
  /** Those SKUs that ever had backorders, as of now. */
  totals(skus: readonly string[]): Promise<ReadonlyMap<string, QueueTotals>>;
}

/** Plans and queues in one request. */
export interface PlanQueues {
  plansAndQueues(
    skus: readonly string[],
    consistency: Consistency,
  ): Promise<{
    readonly plans: ReadonlyMap<string, SkuPlan>;
    /** Those SKUs that ever had backorders. */
    readonly queues: ReadonlyMap<string, QueueTotals>;
  }>;
}
