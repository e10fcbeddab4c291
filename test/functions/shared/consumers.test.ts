import { createHash } from 'node:crypto';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Envelope } from '../../../events/envelope.ts';
import { cancellationRequested } from '../../../events/orders/cancellation-requested.v1.ts';
import { orderCancelled } from '../../../events/orders/order-cancelled.v1.ts';
import { shipmentBooked } from '../../../events/orders/shipment-booked.v2.ts';
import { envelopesOf } from '../../../functions/orders/domain/envelopes.ts';
import { eventConsumer, type Received } from '../../../functions/shared/event-consumer.ts';
import { TransientFault } from '../../../functions/shared/kernel/faults.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { streamConsumer } from '../../../functions/shared/stream-consumer.ts';
import { releasedEvents } from '../../events/samples.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { pointAwsAt } from '../../support/environment.ts';
import { cancellationAsked, commitsOf, event, orderId, placed } from '../orders/given.ts';

let services: AwsEndpoint;

beforeAll(async () => {
  services = await awsEndpoint();
  pointAwsAt({ services: services.url });
});
afterAll(() => services.close());
beforeEach(() => {
  services.calls.length = 0;
  services.answer = () => undefined;
  vi.spyOn(logger, 'error').mockImplementation(() => undefined);
});

const [envelope] = commitsOf([cancellationAsked('confirmed')]).flatMap(envelopesOf) as [Envelope];
const message = (messageId: string, detail: unknown = envelope) =>
  ({ messageId, body: JSON.stringify({ source: 'oms.orders', 'detail-type': 'x', detail }) }) as SQSRecord;

describe('a consumer of a queue of events', () => {
  type Event = Received<typeof cancellationRequested>;
  const consumed: Event[] = [];
  const consume = eventConsumer(cancellationRequested, async (event) => {
    if (event.correlationId === 'poison') throw new Error('cannot');
    consumed.push(event);
  });
  beforeEach(() => {
    consumed.length = 0;
  });

  it('gets the envelope with the data of its event', async () => {
    expect(await consume({ Records: [message('m1')] })).toEqual({ batchItemFailures: [] });
    expect(consumed).toEqual([envelope]);
    expect(consumed[0]?.data.from).toBe('confirmed');
  });

  it.each<[string, SQSRecord]>([
    ['that it cannot handle', message('bad', { ...envelope, correlationId: 'poison' })],
    ['that is not JSON', { messageId: 'bad', body: 'nonsense' } as SQSRecord],
    ['without an envelope', message('bad', {})],
    ['of another event', message('bad', commitsOf(placed).flatMap(envelopesOf)[0])],
    ['of another version', message('bad', { ...envelope, version: 2 })],
    ['whose data does not fit', message('bad', { ...envelope, data: { from: 'limbo', by: 'customer' } })],
  ])('returns only a message %s to the queue, and handles the others', async (_, bad) => {
    const answer = await consume({ Records: [message('m1'), bad, message('m2')] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
    expect(consumed).toHaveLength(2);
  });

  it('takes an event with fields that it does not know, which a newer writer has added, and leaves them out', async () => {
    const newer = { ...envelope, region: 'eu', data: { ...envelope.data, reasonCode: 'changed_mind' } };
    expect(await consume({ Records: [message('m1', newer)] })).toEqual({ batchItemFailures: [] });
    expect(consumed).toEqual([envelope]);
  });

  it('takes an older version of its event as the one that is written now', async () => {
    const [old] = releasedEvents.filter(({ type, version }) => type === 'ShipmentBooked' && version === 1);
    const seen: Received<typeof shipmentBooked>[] = [];
    const consumer = eventConsumer(shipmentBooked, async (event) => {
      seen.push(event);
    });
    const detail = { ...envelope, type: 'ShipmentBooked', version: 1, data: old?.data[0] };
    expect(await consumer({ Records: [message('m1', detail)] })).toEqual({ batchItemFailures: [] });
    expect(seen).toMatchObject([{ type: 'ShipmentBooked', version: 2, data: { carrierShipmentId: 'cs_berlin' } }]);
    expect(seen[0]?.data).not.toHaveProperty('labelUrl');
  });

  it('refuses another event with the same shape', async () => {
    const confirmed = commitsOf([event('OrderConfirmed', {})]).flatMap(envelopesOf)[0];
    const answer = await eventConsumer(orderCancelled, async () => undefined)({ Records: [message('bad', confirmed)] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
  });
});

/** The checksum with which SQS confirms the message; the SDK checks it. */
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const record = (version: number, image: Record<string, unknown> | null = {}): DynamoDBRecord =>
  ({
    dynamodb: {
      SequenceNumber: `${version}00`,
      Keys: { orderId: { S: orderId }, version: { N: `${version}` } },
      ...(image === null ? {} : { NewImage: { ...image, version: { N: `${version}` } } }),
    },
  }) as DynamoDBRecord;

describe('a consumer of a stream', () => {
  const queue = () => `${services.url}/failures`;
  const consumer = (consume: Parameters<typeof streamConsumer>[2]) => streamConsumer('project-order', queue(), consume);

  it('gets each new item with its key', async () => {
    const seen: unknown[] = [];
    const answer = await consumer(async (items) => {
      seen.push(...items);
      return [];
    })({ Records: [record(1), record(2)] });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(
      [1, 2].map((version) => ({
        sequenceNumber: `${version}00`,
        key: { orderId, version: `${version}` },
        image: { version: { N: `${version}` } },
      })),
    );
  });

  it('does not get records without a new item', async () => {
    const consume = vi.fn(async () => []);
    await consumer(consume)({ Records: [record(1, null), {}] });
    expect(consume).toHaveBeenCalledWith([]);
  });

  it('sends the key of a poison item to its queue, and continues', async () => {
    services.answer = ({ input }) => ({ body: { MessageId: '1', MD5OfMessageBody: md5(String(input.MessageBody)) } });
    const answer = await consumer(async ([first]) =>
      first === undefined ? [] : [{ item: first, error: new TypeError('no such event') }],
    )({ Records: [record(1), record(2)] });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(services.calls.map(({ operation }) => operation)).toEqual(['SendMessage']);
    expect(services.calls[0]?.input.QueueUrl).toBe(queue());
    expect(JSON.parse(String(services.calls[0]?.input.MessageBody))).toEqual({
      consumer: 'project-order',
      key: { orderId, version: '1' },
      reason: 'TypeError: no such event',
    });
  });

  it.each([
    ['a fault that may pass', new TransientFault('busy')],
    ['a bug', new TypeError('oops')],
  ])('reports the batch as failed from its first item on after %s', async (_, error) => {
    const answer = await consumer(() => Promise.reject(error))({ Records: [record(1, null), record(2), record(3)] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '200' }] });
  });

  it('reports the batch as failed while its queue cannot be reached', async () => {
    services.answer = () => ({ status: 400, body: { __type: 'AccessDenied', message: 'no' } });
    const answer = await consumer(async (items) => items.map((item) => ({ item, error: new Error('x') })))({
      Records: [record(1)],
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '100' }] });
  });
});
