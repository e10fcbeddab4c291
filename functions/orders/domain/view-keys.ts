/**
 * Partitions that a status or a day is spread over. One partition takes 1,000 writes a second; an order writes each
 * index about twice, so eight carry a national sales day of 4,000 orders a second.
 */
export const viewBuckets = 8;

/** Newest first is the reverse order of this key; the id makes it unique. */
export function placedKeyOf(view: { readonly placedAt: string; readonly orderId: string }): string {
  return `${view.placedAt}#${view.orderId}`;
}

/** The same bucket for an order every time: its id's last character is as good as random. */
export function bucketOf(orderId: string): number {
  return orderId.charCodeAt(orderId.length - 1) % viewBuckets;
}

export function statusPartition(status: string, bucket: number): string {
  return `${status}#${bucket}`;
}

/** Day in UTC, `2026-11-22`. */
export function dayPartition(day: string, bucket: number): string {
  return `${day}#${bucket}`;
}

export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
