import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { definitionOf, type OrderEvent, readEvent } from '../../../events/catalog.ts';
import type { UnknownFields } from '../../../events/tolerant.ts';
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
  termsHash: z.optional(z.string()),
  requestHash: z.optional(z.string()),
});

/**
 * Who may write an order's log, as each commit says it. Only one cell writes an order. The number grows when another one
 * takes over, so that a commit of the former one can be recognized.
 */
export interface Writer {
  /** The cell that writes the order. */
  readonly home: string;
  readonly epoch: number;
}

/** The common fields of an event. Its data is read by the event's own schema. */
const eventsSchema = z.array(z.object({ type: z.string(), version: z.int(), data: z.unknown() }));

/**
 * The item of a commit. The events are one attribute, as JSON: no query selects a part of an event, and nested maps take
 * DynamoDB and every reader of an order several times as long.
 *
 * @throws Error when an event is not in the catalog or its data does not fit its schema, so that no unreadable commit is
 * written.
 */
export function toItem(commit: Commit, writer: Writer): Record<string, AttributeValue> {
  for (const event of commit.events) z.parse(definitionOf(event.type, event.version).data, event.data);
  return marshall(
    { ...commit, ...writer, events: JSON.stringify(commit.events.map(shortened)) },
    { removeUndefinedValues: true },
  );
}

/**
 * The commit in an item, its events in the versions that are written now.
 *
 * @param unknownFields fields of events that the catalog does not name, which a newer version of the software may have
 *   written. `kept` is for a reader that passes the events on; they are never committed again.
 * @throws Error when the item is not a commit of known events.
 */
export function fromItem(item: Record<string, AttributeValue>, unknownFields: UnknownFields = 'dropped'): Commit {
  const { termsHash, requestHash, ...parsed } = z.parse(commitSchema, unmarshall(item));
  const events = z.parse(eventsSchema, JSON.parse(parsed.events)).map(({ type, version, data }) => {
    return readEvent({ type, version, data: expanded(data) }, unknownFields) as OrderEvent;
  });
  const commit = { ...parsed, events, committedAt: parsed.committedAt as Instant };
  return {
    ...commit,
    ...(termsHash !== undefined && { termsHash }),
    ...(requestHash !== undefined && { requestHash }),
  };
}

/** The event with its sourcing as short text. As an object the sourcing would cost many orders one more write unit. */
function shortened(event: OrderEvent): unknown {
  if (event.type !== 'StockReserved' || event.data.sourcing === undefined) return event;
  return { ...event, data: { ...event.data, sourcing: sourcingText(event.data.sourcing) } };
}

/** The reverse of {@link shortened}, for the data of an event. */
function expanded(data: unknown): unknown {
  const { sourcing } = (data ?? {}) as { sourcing?: unknown };
  return typeof sourcing === 'string' ? { ...(data as object), sourcing: sourcingFrom(sourcing) } : data;
}
