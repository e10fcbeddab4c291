import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { definitionOf, type OrderEvent } from '../../../events/catalog.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { sourcingFrom, sourcingText } from '../../shared/sourcing-text.ts';
import type { Commit } from '../domain/commit.ts';

const commitSchema = z.object({
  orderId: z.string(),
  version: z.int(),
  events: z.string(),
  actor: z.string(),
  committedAt: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
  traceparent: z.string(),
  requestHash: z.optional(z.string()),
});

/** What the data must be is for each event's own schema to say. */
const eventsSchema = z.array(z.object({ type: z.string(), version: z.int(), data: z.unknown() }));

/**
 * The events are one attribute, as JSON: nobody asks DynamoDB for a part of an event, and as maps of maps they take the store and
 * every reader of an order several times as long.
 *
 * @throws Error when an event is not in the catalog or its data does not fit its schema: a commit that a reader could
 * not understand is never written.
 */
export function toItem(commit: Commit): Record<string, AttributeValue> {
  for (const event of commit.events) z.parse(definitionOf(event.type, event.version).data, event.data);
  return marshall({ ...commit, events: JSON.stringify(commit.events.map(shortened)) }, { removeUndefinedValues: true });
}

/** @throws Error when the item is not a commit of known events. */
export function fromItem(item: Record<string, AttributeValue>): Commit {
  const { requestHash, ...parsed } = z.parse(commitSchema, unmarshall(item));
  const events = z.parse(eventsSchema, JSON.parse(parsed.events)).map(({ type, version, data }) => {
    const parsedData = z.parse(definitionOf(type, version).data, spelledOut(data));
    return { type, version, data: parsedData } as OrderEvent;
  });
  const commit = { ...parsed, events, committedAt: parsed.committedAt as Instant };
  return requestHash === undefined ? commit : { ...commit, requestHash };
}

/** Why an order is served from where it is, as a short text: spelled out it would cost many an order a write unit more. */
function shortened(event: OrderEvent): unknown {
  if (event.type !== 'StockReserved' || event.data.sourcing === undefined) return event;
  return { ...event, data: { ...event.data, sourcing: sourcingText(event.data.sourcing) } };
}

function spelledOut(data: unknown): unknown {
  const { sourcing } = (data ?? {}) as { sourcing?: unknown };
  return typeof sourcing === 'string' ? { ...(data as object), sourcing: sourcingFrom(sourcing) } : data;
}
