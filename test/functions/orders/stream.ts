import { toItem } from '../../../functions/orders/adapters/commit-item.ts';
import type { Commit } from '../../../functions/orders/domain/commit.ts';
import type { StreamItem } from '../../../functions/shared/stream-consumer.ts';

/** A commit as the stream of the orders table delivers it. */
export function streamItem(commit: Commit): StreamItem {
  const { orderId, version } = commit;
  return {
    sequenceNumber: `${version}00`,
    key: { orderId, version: `${version}` },
    image: toItem(commit, { home: 'a', epoch: 0 }),
  };
}

/** An item of the stream that is no commit, at this place of an order. */
export function poisonItem({ orderId, version }: Pick<Commit, 'orderId' | 'version'>): StreamItem {
  const image = { orderId: { S: orderId }, version: { N: `${version}` }, events: { S: 'none' } };
  return { sequenceNumber: `${version}00`, key: { orderId, version: `${version}` }, image };
}
