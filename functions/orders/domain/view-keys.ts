/**
 * Partitions that the orders of one status or one day are spread over. DynamoDB takes 1,000 writes a second for one
 * partition, and an order writes each index about twice, so eight partitions take 4,000 orders a second.
 */
export const viewBuckets = 8;

/**
 * The sort key of the lists: the time of placement, made unique by the order id. Descending order lists the newest
 * first.
 */
export function placedKeyOf(view: { readonly placedAt: string; readonly orderId: string }): string {
  return `${view.placedAt}#${view.orderId}`;
}

/** The bucket of an order, from the last character of its id, which is evenly distributed over its alphabet. */
export function bucketOf(orderId: string): number {
  return orderId.charCodeAt(orderId.length - 1) % viewBuckets;
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
