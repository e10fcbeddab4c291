import type { Envelope } from '../../../events/envelope.ts';
import type { Commit } from './commit.ts';

/** A commit's events as they are published. The same commit always gives the same envelopes, including their ids. */
export function envelopesOf(commit: Commit): Envelope[] {
  const { orderId, version: sequence, events, committedAt, correlationId, causationId, traceparent } = commit;
  return events.map(({ type, version, data }, index) => ({
    eventId: `${orderId}:${sequence}:${index}`,
    type,
    version,
    orderId,
    sequence,
    index,
    count: events.length,
    occurredAt: committedAt,
    correlationId,
    causationId,
    traceparent,
    data,
  }));
}
