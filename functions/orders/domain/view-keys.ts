import { alphabet } from '../../shared/kernel/ids.ts';
import type { Instant } from '../../shared/kernel/time.ts';

/**
 * Partitions that the orders of one status or one day, and the orders that are under way, are spread over. DynamoDB takes
 * 1,000 writes a second for one partition, and an order writes each index about twice, so eight partitions take 4,000
 * orders a second. The number divides the 32 characters of an id evenly.
 */
export const viewBuckets = 8;

/** The lower bound of a list that has no other; no order is older. */
export const earliest = '1970-01-01';

/**
 * The sort key of the lists: the time of placement, made unique by the order id. Descending order lists the newest
 * first.
 */
export function placedKeyOf(view: { readonly placedAt: string; readonly orderId: string }): string {
  return `${view.placedAt}#${view.orderId}`;
}

/**
 * The bucket of an order, from the place of its id's last character in the alphabet of ids, over which it is evenly
 * distributed. An id of another alphabet is in the first bucket.
 */
export function bucketOf(orderId: string): number {
  return Math.max(0, alphabet.indexOf(orderId.slice(-1))) % viewBuckets;
}

export function duePartition(bucket: number): string {
  return `due#${bucket}`;
}

/** The sort key of the orders that are under way: the time at which they are due, made unique by the order id. */
export function dueKeyOf(dueAt: string, orderId: string): string {
  return `${dueAt}#${orderId}`;
}

/** The time of a key that {@link dueKeyOf} made. */
export function dueAtOfDueKey(dueKey: string): Instant {
  return dueKey.slice(0, dueKey.indexOf('#')) as Instant;
}

/** The order of a key that {@link dueKeyOf} made. */
export function orderIdOfDueKey(dueKey: string): string {
  return dueKey.slice(dueKey.indexOf('#') + 1);
}

export function statusPartition(status: string, bucket: number): string {
  return `${status}#${bucket}`;
}

/** @param day in UTC, such as `2026-11-22`. */
export function dayPartition(day: string, bucket: number): string {
  return `${day}#${bucket}`;
}

export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
