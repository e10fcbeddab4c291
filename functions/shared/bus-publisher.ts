import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { definitionOf } from '../../events/catalog.ts';
import { eventBridge } from './aws/clients.ts';
import { TransientFault } from './kernel/faults.ts';
import type { PoisonItem, StreamItem } from './stream-consumer.ts';

/** Entries of one PutEvents request: EventBridge's limit. */
const maxEntries = 10;
/** Bytes of one request: EventBridge's limit of 256 KB, with room for the fields beside the detail. */
const maxRequestBytes = 240_000;

/** What every event on the bus says of itself. */
interface AnyEnvelope {
  readonly eventId: string;
  readonly type: string;
  readonly version: number;
  readonly occurredAt: string;
}

interface Outgoing {
  readonly item: StreamItem;
  readonly entry: PutEventsRequestEntry;
}

/** Codes that say the entry itself is at fault; sending it again would fail again. */
const permanentCodes = new Set(['MalformedDetail', 'InvalidArgument', 'ValidationException', 'EventTooLarge']);

/**
 * Publishes what the items of a stream tell. Published twice they are the same events, so a batch that failed halfway
 * is simply published again.
 *
 * @param eventsOf the events of one item; what it throws makes the item poison.
 * @returns the items that can never be published.
 * @throws TransientFault when the bus did not take an entry that it may take later.
 */
export function busPublisher(busName: string, eventsOf: (item: StreamItem) => readonly AnyEnvelope[]) {
  return async (items: readonly StreamItem[]): Promise<readonly PoisonItem[]> => {
    const poison: PoisonItem[] = [];
    const outgoing: Outgoing[] = [];
    for (const item of items) {
      try {
        outgoing.push(...eventsOf(item).map((envelope) => ({ item, entry: entryOf(envelope, busName) })));
      } catch (error) {
        poison.push({ item, error });
      }
    }
    for (const request of inRequests(outgoing)) poison.push(...(await put(request)));
    return poison;
  };
}

function entryOf(envelope: AnyEnvelope, busName: string): PutEventsRequestEntry {
  const Detail = JSON.stringify(envelope);
  if (Buffer.byteLength(Detail) > maxRequestBytes) throw new Error(`${envelope.eventId} is too large for the bus`);
  return {
    EventBusName: busName,
    Source: definitionOf(envelope.type, envelope.version).source,
    DetailType: envelope.type,
    Time: new Date(envelope.occurredAt),
    Detail,
  };
}

function* inRequests(outgoing: readonly Outgoing[]): Generator<Outgoing[]> {
  let request: Outgoing[] = [];
  let bytes = 0;
  for (const each of outgoing) {
    const size = Buffer.byteLength(each.entry.Detail ?? '');
    if (request.length === maxEntries || (request.length > 0 && bytes + size > maxRequestBytes)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(each);
    bytes += size;
  }
  if (request.length > 0) yield request;
}

async function put(request: readonly Outgoing[]): Promise<PoisonItem[]> {
  const answer = await eventBridge().send(new PutEventsCommand({ Entries: request.map(({ entry }) => entry) }));
  const poison: PoisonItem[] = [];
  for (const [index, { ErrorCode }] of (answer.Entries ?? []).entries()) {
    const item = request[index]?.item;
    if (ErrorCode === undefined || item === undefined) continue;
    if (!permanentCodes.has(ErrorCode)) throw new TransientFault(`the bus answered ${ErrorCode}`);
    poison.push({ item, error: new Error(ErrorCode) });
  }
  return poison;
}
