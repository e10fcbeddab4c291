import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { Activity } from '../../local/activity.ts';
import { Checkpoint } from '../../local/dynamodb/checkpoint.ts';
import { StoreClient } from '../../local/dynamodb/store-client.ts';
import { type Store, startStore } from '../../local/dynamodb/store-process.ts';
import { StreamConsumer } from '../../local/dynamodb/stream-consumer.ts';
import { StreamReader, type StreamRecord } from '../../local/dynamodb/stream-reader.ts';
import { createTables } from '../../local/dynamodb/tables.ts';
import type { InvocationResult } from '../../local/lambda/invocation.ts';
import type { StreamMapping } from '../../local/template/app.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const STREAM = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Log/stream/local';
const TABLE = {
  name: 'Log',
  arn: 'arn:log',
  streamArn: STREAM,
  streamView: 'NEW_IMAGE',
  definition: {
    TableName: 'Log',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  },
};

const MAPPING: StreamMapping = {
  name: 'mapping',
  functionArn: 'arn:fn',
  streamArn: STREAM,
  batchSize: 100,
  windowMs: 0,
  reportsItemFailures: true,
  filters: [],
  bisects: true,
  maxRetries: 2,
  maxAgeMs: Number.POSITIVE_INFINITY,
  onFailureArn: 'arn:failures',
};

let store: Store;
let client: StoreClient;

afterEach(async () => {
  client.close();
  await store.kill();
});

interface Setup {
  mapping?: Partial<StreamMapping>;
  dataDir?: string;
  view?: string;
  /** Throws as often, before it takes failures. */
  fullFor?: number;
}

type Handler = (ids: string[], records: StreamRecord[]) => unknown;

async function openTable() {
  store = await startStore(undefined);
  client = new StoreClient(store.endpoint);
  return createTables(client, [TABLE]);
}

function consume(
  streams: Map<string, string>,
  handler: Handler,
  { mapping, dataDir, view = 'NEW_IMAGE', fullFor = 0 }: Setup = {},
) {
  const activity = new Activity();
  const failures: string[] = [];
  let full = fullFor;
  const sendFailure = (_: string, body: string) => {
    if (full-- > 0) throw new Error('the disk is full');
    failures.push(body);
  };
  const invoke = async (_: string, event: string): Promise<InvocationResult> => {
    const { Records } = JSON.parse(event) as {
      Records: (StreamRecord & { dynamodb: { Keys: { id: { S: string } } } })[];
    };
    try {
      const answer = await handler(
        Records.map(({ dynamodb }) => dynamodb.Keys.id.S),
        Records,
      );
      return { payload: JSON.stringify(answer ?? null) };
    } catch (error) {
      const { name, message } = error as Error;
      return { error: { errorType: name, errorMessage: message, trace: [] } };
    }
  };
  const consumer = new StreamConsumer({
    mapping: { ...MAPPING, ...mapping },
    reader: new StreamReader(client, streams.get(STREAM) ?? '', STREAM, view),
    checkpoint: new Checkpoint(dataDir, 'mapping'),
    invoke,
    sendFailure,
    activity,
    retryScale: 0.01,
  });
  return { consumer, activity, failures: () => failures.map((text) => JSON.parse(text).DDBStreamBatchInfo) };
}

const put = (id: string, text = 'x') =>
  client.call('DynamoDB_20120810.PutItem', { TableName: 'Log', Item: { id: { S: id }, text: { S: text } } });

async function putAll(ids: string[]): Promise<void> {
  for (const id of ids) await put(id);
}

test('records have the shape of Lambda’s and their order, and a put that changed nothing has none', async () => {
  const seen: StreamRecord[] = [];
  const { consumer, activity } = consume(await openTable(), (_, records) => void seen.push(...records));
  await putAll(['a', 'b']);
  await put('a');
  await put('a', 'changed');
  consumer.wake();
  await activity.idle();
  expect(seen.map(({ eventName }) => eventName)).toEqual(['INSERT', 'INSERT', 'MODIFY']);
  expect(seen[2]).toMatchObject({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventSource: 'aws:dynamodb',
    eventSourceARN: STREAM,
    awsRegion: 'eu-central-1',
    dynamodb: { NewImage: { id: { S: 'a' }, text: { S: 'changed' } }, StreamViewType: 'NEW_IMAGE' },
  });
  expect(seen[2]?.dynamodb).not.toHaveProperty('OldImage');
});

test('a batch contains what was written while the previous one was under way', async () => {
  const batches: string[][] = [];
  const { consumer, activity } = consume(await openTable(), async (ids) => {
    batches.push(ids);
    if (batches.length > 1) return;
    await putAll(['b', 'c']);
    consumer.wake();
    consumer.wake();
  });
  await put('a');
  consumer.wake();
  await activity.idle();
  expect(batches).toEqual([['a'], ['b', 'c']]);
});

test('nothing is delivered before the batching window ends, unless it is ended early', async () => {
  const batches: string[][] = [];
  const mapping = { windowMs: 60_000 };
  const { consumer, activity } = consume(await openTable(), (ids) => void batches.push(ids), { mapping });
  await put('a');
  consumer.wake();
  await put('b');
  consumer.wake();
  expect(batches).toEqual([]);
  consumer.flush();
  await activity.idle();
  expect(batches).toEqual([['a', 'b']]);
});

test('after a partial failure the batch is retried from the failed record', async () => {
  const batches: string[][] = [];
  const { consumer, activity, failures } = consume(await openTable(), (ids, records) => {
    batches.push(ids);
    const failed = batches.length === 1 ? records[1] : undefined;
    return { batchItemFailures: failed ? [{ itemIdentifier: failed.dynamodb.SequenceNumber }] : [] };
  });
  await putAll(['a', 'b', 'c']);
  consumer.wake();
  await activity.idle();
  expect(batches).toEqual([
    ['a', 'b', 'c'],
    ['b', 'c'],
  ]);
  expect(failures()).toEqual([]);
});

test('a record that always fails is isolated by bisection and discarded, and all others are delivered', async () => {
  const taken = new Set<string>();
  const { consumer, activity, failures } = consume(await openTable(), (ids) => {
    if (ids.includes('poison')) throw new Error('poison');
    for (const id of ids) taken.add(id);
  });
  const good = ['a', 'b', 'c', 'd', 'e', 'f'];
  await putAll([...good.slice(0, 3), 'poison', ...good.slice(3)]);
  consumer.wake();
  await activity.idle();
  expect([...taken].sort()).toEqual(good);
  expect(failures()).toMatchObject([{ batchSize: 1, startSequenceNumber: '4', endSequenceNumber: '4' }]);
});

test('without bisection the whole batch is discarded after its retries', async () => {
  let attempts = 0;
  const always = () => {
    attempts++;
    throw new Error('always');
  };
  const { consumer, activity, failures } = consume(await openTable(), always, { mapping: { bisects: false } });
  await putAll(['a', 'b']);
  consumer.wake();
  await activity.idle();
  expect(attempts).toBe(3);
  expect(failures()).toMatchObject([{ batchSize: 2 }]);
});

test('a throttled function gets its batch again, whole, and no retry is counted', async () => {
  let throttles = 10;
  const taken: string[][] = [];
  const handler: Handler = (ids) => {
    if (throttles-- > 0) throw Object.assign(new Error('Rate exceeded'), { name: 'Lambda.TooManyRequestsException' });
    taken.push(ids);
    return { batchItemFailures: [] };
  };
  const { consumer, activity, failures } = consume(await openTable(), handler);
  await putAll(['a', 'b']);
  consumer.wake();
  await activity.idle();
  expect(taken.flat().sort()).toEqual(['a', 'b']);
  expect(failures()).toEqual([]);
});

test('records that the mapping filters out are skipped', async () => {
  const seen: string[] = [];
  const mapping = { filters: [(record: unknown) => (record as StreamRecord).eventName === 'MODIFY'] };
  const { consumer, activity } = consume(await openTable(), (ids) => void seen.push(...ids), { mapping });
  await putAll(['a', 'b']);
  await put('b', 'changed');
  consumer.wake();
  await activity.idle();
  expect(seen).toEqual(['b']);
});

test('after a restart a consumer continues from its checkpoint', async () => {
  const dataDir = temporaryDirectory();
  const streams = await openTable();
  const seen: string[] = [];
  const first = consume(streams, (ids) => void seen.push(...ids), { dataDir });
  await putAll(['a', 'b']);
  first.consumer.wake();
  await first.activity.idle();
  first.consumer.stop();
  await put('c');
  const second = consume(streams, (ids) => void seen.push(...ids), { dataDir });
  second.consumer.wake();
  await second.activity.idle();
  expect(seen).toEqual(['a', 'b', 'c']);
});

test('a stored table with other keys than the app has is refused', async () => {
  await openTable();
  const changed = {
    ...TABLE,
    definition: { ...TABLE.definition, KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }] },
  };
  await expect(createTables(client, [changed])).rejects.toThrow('--fresh');
});

test('the ten-thousandth record costs the store no more CPU time than the first', async () => {
  await openTable();
  const cpuMs = () => {
    const fields = readFileSync(`/proc/${store.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  const spent: number[] = [];
  for (let thousand = 0; thousand < 10; thousand++) {
    const before = cpuMs();
    const ids = Array.from({ length: 1000 }, (_, n) => `${thousand}-${n}`);
    await Promise.all(ids.map((id) => put(id)));
    spent.push(cpuMs() - before);
  }
  // Without the index the tenth thousand costs more than ten times the first.
  expect(spent.at(-1)).toBeLessThan(4 * Math.max(spent[0] ?? 0, 100));
});

test('while a failure cannot be set aside, its record and those behind it are not skipped', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const seen: string[] = [];
  const handler = (ids: string[]) => {
    seen.push(...ids);
    return { batchItemFailures: ids.includes('bad') ? [{ itemIdentifier: '2' }] : [] };
  };
  const mapping = { batchSize: 1, maxRetries: 0 };
  const setup = consume(await openTable(), handler, { mapping, fullFor: 2 });
  await putAll(['good', 'bad', 'behind']);
  setup.consumer.wake();
  await setup.activity.idle();
  vi.restoreAllMocks();
  expect(seen).toEqual(['good', 'bad', 'bad', 'bad', 'behind']);
  expect(setup.failures()).toMatchObject([{ startSequenceNumber: expect.stringContaining('2') }]);
});
