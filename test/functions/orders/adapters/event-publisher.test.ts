import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orderEvents, patternOf } from '../../../../events/catalog.ts';
import { sagaStarter } from '../../../../functions/fulfillment/adapters/saga-starter.ts';
import { eventPublisher } from '../../../../functions/orders/adapters/event-publisher.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import { envelopesOf } from '../../../../functions/orders/domain/envelopes.ts';
import { type AwsCall, type AwsEndpoint, awsEndpoint } from '../../../support/aws-endpoint.ts';
import { pointAwsAt } from '../../../support/environment.ts';
import { commitsOf, confirmation, event, now, placed } from '../given.ts';
import { poisonItem, streamItem } from '../stream.ts';

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Time: number;
  readonly Detail: string;
}

let services: AwsEndpoint;
beforeAll(async () => {
  services = await awsEndpoint();
  pointAwsAt({ services: services.url });
});
afterAll(() => services.close());
beforeEach(() => {
  services.calls.length = 0;
  answerEntries(() => ({ EventId: 'id' }));
});

const entriesOf = ({ input }: AwsCall) => input.Entries as Entry[];

/** Answers PutEvents entry by entry. */
function answerEntries(answer: (entry: Entry) => object): void {
  services.answer = (call) => {
    const Entries = entriesOf(call).map(answer);
    return { body: { Entries, FailedEntryCount: Entries.filter((each) => 'ErrorCode' in each).length } };
  };
}

const publish = eventPublisher('orders-bus');
const sent = () => services.calls.flatMap(entriesOf);
const details = () => sent().map(({ Detail }) => JSON.parse(Detail));
const holds = (count: number, detail = 'Odd.') =>
  commitsOf(placed, ...Array.from({ length: count - 1 }, () => [event('OrderHeld', { reason: 'review', detail })]));

describe('publishing the events of commits', () => {
  it('puts every event of a commit on the bus, in order and under its own name', async () => {
    const commits = commitsOf(placed, confirmation());
    expect(await publish(commits.map(streamItem))).toEqual([]);
    expect(details()).toEqual(commits.flatMap(envelopesOf));
    const [first] = sent();
    expect(first).toMatchObject({ EventBusName: 'orders-bus', Source: 'oms.orders', DetailType: 'OrderPlaced' });
    expect(first?.Time).toBe(Date.parse(now) / 1_000);
  });

  it('is matched by the pattern of each definition', async () => {
    await publish(commitsOf(placed, confirmation()).map(streamItem));
    for (const { Source, DetailType, Detail } of sent()) {
      const definition = orderEvents.find(({ type }) => type === DetailType);
      const pattern = definition && patternOf(definition);
      expect(pattern?.source).toContain(Source);
      expect(pattern?.detailType).toContain(DetailType);
      expect(pattern?.detail?.version).toContain(JSON.parse(Detail).version);
    }
  });

  it('twice sends the same events with the same ids', async () => {
    const items = commitsOf(placed, confirmation()).map(streamItem);
    await publish(items);
    const once = details();
    services.calls.length = 0;
    await publish(items);
    expect(details()).toEqual(once);
  });

  it('sends at most ten events in one request', async () => {
    await publish(holds(23).map(streamItem));
    expect(services.calls.map((call) => entriesOf(call).length)).toEqual([10, 10, 3]);
    expect(details().map(({ sequence }) => sequence)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
  });

  it('keeps every request below the 256 KB that the bus takes', async () => {
    await publish(holds(5, 'x'.repeat(100_000)).map(streamItem));
    expect(services.calls.map((call) => entriesOf(call).length)).toEqual([3, 2]);
    for (const { input } of services.calls) expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThan(256 * 1024);
  });

  it('sends no request without events', async () => {
    expect(await publish([])).toEqual([]);
    expect(services.calls).toEqual([]);
  });
});

describe('an event that the bus will never accept', () => {
  it('is set aside, and the rest is published', async () => {
    const commits = holds(3);
    const poison = poisonItem(commits[1] as Commit);
    const set = await publish([streamItem(commits[0] as Commit), poison, streamItem(commits[2] as Commit)]);
    expect(set).toEqual([{ item: poison, error: expect.any(Error) }]);
    expect(details().map(({ sequence }) => sequence)).toEqual([1, 3]);
  });

  it('may be too large', async () => {
    const [small, huge] = [holds(1), holds(2, 'x'.repeat(300_000))];
    const items = [streamItem(huge[1] as Commit), streamItem(small[0] as Commit)];
    expect((await publish(items)).map(({ item }) => item)).toEqual([items[0]]);
    expect(details()).toHaveLength(1);
  });

  it('may be malformed', async () => {
    answerEntries(({ Detail }) =>
      Detail.includes('"sequence":2') ? { ErrorCode: 'MalformedDetail' } : { EventId: 'id' },
    );
    const items = holds(3).map(streamItem);
    const set = await publish(items);
    expect(set.map(({ item }) => item)).toEqual([items[1]]);
    expect(String(set[0]?.error)).toContain('MalformedDetail');
  });
});

describe('an event that the bus rejects for now', () => {
  it.each(['ThrottlingException', 'InternalFailure', 'SomethingNew'])(
    'is a fault that may pass: %s',
    async (ErrorCode) => {
      answerEntries(({ Detail }) => (Detail.includes('"sequence":2') ? { ErrorCode } : { EventId: 'id' }));
      const attempt = publish(holds(3).map(streamItem));
      await expect(attempt).rejects.toThrow(expect.objectContaining({ name: 'TransientFault' }));
    },
  );

  it('is a fault when the whole request fails', async () => {
    services.answer = () => ({ status: 400, body: { __type: 'AccessDeniedException', message: 'no' } });
    await expect(publish(holds(1).map(streamItem))).rejects.toThrow(/no/);
  });
});

describe('starting a saga', () => {
  const start = sagaStarter('arn:aws:states:us-east-1:000000000000:stateMachine:order-saga');

  it('names the execution after its event', async () => {
    services.answer = () => ({ body: { executionArn: 'arn', startDate: 0 } });
    await start('ord_1', { orderId: 'ord_1' });
    expect(services.calls[0]).toMatchObject({
      operation: 'StartExecution',
      input: { name: 'ord_1', input: '{"orderId":"ord_1"}', stateMachineArn: expect.stringMatching(/order-saga$/) },
    });
  });

  it('counts as started when it was started before', async () => {
    services.answer = () => ({ status: 400, body: { __type: 'ExecutionAlreadyExists', message: 'exists' } });
    await expect(start('ord_1', {})).resolves.toBeUndefined();
  });

  it('faults when it cannot be started', async () => {
    services.answer = () => ({ status: 400, body: { __type: 'StateMachineDoesNotExist', message: 'gone' } });
    await expect(start('ord_1', {})).rejects.toThrow(/gone/);
  });
});
