import { Readable } from 'node:stream';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { StandardRetryStrategy } from '@smithy/core/retry';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendItemsDirectly } from '../../../../functions/shared/aws/direct-dynamo.ts';
import { type Answer, isFromSdk, openWire, type Received, refusal, type Wire } from './wire.ts';

let wire: Wire;
const clients: DynamoDBClient[] = [];

beforeEach(async () => {
  wire = await openWire();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const client of clients.splice(0)) client.destroy();
  await wire.close();
});

const Key = { orderId: { S: 'ord_1' } };
const get = () => new GetItemCommand({ TableName: 'Orders', Key });
const transact = () => new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: 'Orders', Item: Key } }] });

/** Waits as long as the test says, and notes the base of each wait that the retry strategy sets. */
class Backoff {
  readonly bases: number[] = [];
  readonly #waitMs: number;
  constructor(waitMs = 0) {
    this.#waitMs = waitMs;
  }
  setDelayBase(base: number): void {
    this.bases.push(base);
  }
  computeNextBackoffDelay(): number {
    return this.#waitMs;
  }
}

interface Making extends DynamoDBClientConfig {
  readonly tries?: number;
  readonly backoff?: Backoff;
}

/** The SDK's client with the settings of the functions' one, but for time-outs and waits. */
function sdkClient({ tries = 3, backoff = new Backoff(), ...settings }: Making = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: wire.url,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' },
    cacheMiddleware: true,
    maxAttempts: tries,
    retryStrategy: new StandardRetryStrategy({ maxAttempts: tries, backoff }),
    ...settings,
  });
  clients.push(client);
  return client;
}

function directClient(making: Making = {}): DynamoDBClient {
  const client = sdkClient(making);
  sendItemsDirectly(client);
  return client;
}

type Send = (client: DynamoDBClient) => Promise<unknown>;

/** Sends each of these commands once, so that the next of its kind goes directly. */
async function warmed(client: DynamoDBClient, ...sends: Send[]): Promise<DynamoDBClient> {
  const { answers, decide } = wire;
  wire.answers = [];
  wire.decide = () => undefined;
  for (const send of sends.length > 0 ? sends : [(each: DynamoDBClient) => each.send(get())]) await send(client);
  Object.assign(wire, { answers, decide });
  wire.received.length = 0;
  return client;
}

/** A request without what belongs to a single try: times, signatures, the SDK's numbers. */
function meaningOf({ headers, body }: Received) {
  const {
    authorization,
    'x-amz-date': date,
    'x-amz-content-sha256': hash,
    'amz-sdk-request': number,
    'amz-sdk-invocation-id': id,
    ...others
  } = headers;
  const [, who, signed] = /Credential=(\S+),.*SignedHeaders=([^,]+)/.exec(authorization ?? '') ?? [];
  const isTelemetry = (name: string) => name.startsWith('amz-sdk-');
  return { ...others, who, signed: signed?.split(';').filter((name) => !isTelemetry(name)), body: JSON.parse(body) };
}

/** What a caller gets: the output, or everything that is in the error. */
async function reported(answer: Promise<unknown>): Promise<unknown> {
  try {
    const { $metadata, ...output } = (await answer) as { $metadata: object };
    return { output, metadata: withoutWaits($metadata) };
  } catch (error) {
    const { name, message, $metadata = {}, ...more } = error as Error & { $metadata?: object };
    return { name, message, class: (error as Error).constructor.name, metadata: withoutWaits($metadata), ...more };
  }
}

function withoutWaits({ totalRetryDelay, ...metadata }: { totalRetryDelay?: unknown }) {
  return { ...metadata, hasWaits: typeof totalRetryDelay };
}

/** Sends the same with both clients, to a service that answers both alike: their requests, and what each reports. */
async function compared(send: Send, answers: readonly Answer[], making: () => Making = () => ({})) {
  const seen = [];
  for (const client of [await warmed(directClient(making()), send), await warmed(sdkClient(making()), send)]) {
    wire.answers = [...answers];
    wire.received.length = 0;
    const outcome = await reported(send(client));
    seen.push({ outcome, requests: [...wire.received] });
  }
  const [direct, sdk] = seen as [(typeof seen)[0], (typeof seen)[0]];
  return { direct, sdk };
}

/** The direct client sends and reports what the SDK's does, and its first try is direct. */
async function expectTheSame(send: Send, answers: readonly Answer[], making?: () => Making) {
  const { direct, sdk } = await compared(send, answers, making);
  expect(direct.outcome).toEqual(sdk.outcome);
  expect(direct.requests.map(meaningOf)).toEqual(sdk.requests.map(meaningOf));
  expect(direct.requests.map(isFromSdk)).toEqual(sdk.requests.map((_, index) => index > 0));
  return direct;
}

const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }).map((S) => ({ S })),
    fc.integer().map((number) => ({ N: String(number) })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true as const }),
    fc.uint8Array({ minLength: 1, maxLength: 9 }).map((B) => ({ B })),
    fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => ({ BS: [bytes] })),
    fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }).map((M) => ({ M })),
  ),
})).value;
const item = fc.dictionary(fc.string({ minLength: 1 }), value, { minKeys: 1, maxKeys: 4 });

/** As it comes over the wire: bytes as base64. */
function asWritten(_: string, each: unknown): unknown {
  return each instanceof Uint8Array ? Buffer.from(each).toString('base64') : each;
}

describe('a command that is answered', () => {
  const output = { ConsumedCapacity: { TableName: 'Orders', CapacityUnits: 0.5 } };
  const items = { ...output, Items: [Key, {}], Count: 2, ScannedCount: 3, LastEvaluatedKey: Key };

  it.each<[string, Send, object]>([
    ['GetItem', (client) => client.send(get()), { ...output, Item: Key }],
    ['PutItem', (client) => client.send(new PutItemCommand({ TableName: 'Orders', Item: Key })), output],
    [
      'UpdateItem',
      (client) => client.send(new UpdateItemCommand({ TableName: 'Orders', Key, UpdateExpression: 'SET a = :a' })),
      { ...output, Attributes: Key },
    ],
    ['DeleteItem', (client) => client.send(new DeleteItemCommand({ TableName: 'Orders', Key })), output],
    ['Query', (client) => client.send(new QueryCommand({ TableName: 'Orders', Limit: 3 })), items],
    ['Scan', (client) => client.send(new ScanCommand({ TableName: 'Orders', ConsistentRead: true })), items],
    [
      'BatchGetItem',
      (client) => client.send(new BatchGetItemCommand({ RequestItems: { Orders: { Keys: [Key] } } })),
      { Responses: { Orders: [Key] }, UnprocessedKeys: { Orders: { Keys: [Key], ConsistentRead: true } } },
    ],
    [
      'BatchWriteItem',
      (client) => client.send(new BatchWriteItemCommand({ RequestItems: { Orders: [{ DeleteRequest: { Key } }] } })),
      { UnprocessedItems: { Orders: [{ PutRequest: { Item: Key } }] } },
    ],
    [
      'TransactGetItems',
      (client) => client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: 'Orders', Key } }] })),
      { Responses: [{ Item: Key }, {}] },
    ],
    [
      'TransactWriteItems',
      (client) => client.send(new TransactWriteItemsCommand({ TransactItems: [], ClientRequestToken: 'one' })),
      { ConsumedCapacity: [{ TableName: 'Orders', WriteCapacityUnits: 2 }] },
    ],
  ])('%s: is sent directly, says what the SDK says, and answers what it answers', async (_, send, body) => {
    const direct = await expectTheSame(send, [{ status: 200, body }]);
    expect(direct.requests).toHaveLength(1);
    expect(direct.outcome).toMatchObject({
      output: body,
      metadata: { httpStatusCode: 200, requestId: 'request-1', attempts: 1 },
    });
  });

  it('carries any item in both directions, through the SDK where it has binary values', async () => {
    const put = (Item: Record<string, AttributeValue>) => (client: DynamoDBClient) =>
      client.send(new PutItemCommand({ TableName: 'Orders', Item, ConditionExpression: 'size(a) > 1' }));
    const query: Send = (client) => client.send(new QueryCommand({ TableName: 'Orders', Limit: 3 }));
    const direct = await warmed(directClient(), put(Key), query);
    const sdk = await warmed(sdkClient(), put(Key), query);
    const used = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(item, async (Item) => {
        const stored = JSON.parse(JSON.stringify(Item, asWritten)) as object;
        for (const [send, body] of [
          [put(Item), { Attributes: stored }],
          [query, { Items: [stored, {}], Count: 2, LastEvaluatedKey: stored }],
        ] as const) {
          wire.received.length = 0;
          wire.answers = [1, 2].map(() => ({ status: 200, body }));
          const outcomes = [await reported(send(direct)), await reported(send(sdk))];
          expect(outcomes[0]).toEqual(outcomes[1]);
          const [said, wouldSay] = wire.received.map(meaningOf);
          expect(said).toEqual(wouldSay);
          expect(wire.received).toHaveLength(2);
          used.add(isFromSdk(wire.received[0] as Received));
        }
      }),
      { numRuns: 50 },
    );
    expect(used).toEqual(new Set([true, false]));
  });

  it('gets its own answer when many are sent at once, and when one object is sent twice at once', async () => {
    const client = await warmed(directClient());
    wire.decide = ({ body }) => ({ status: 200, body: { Item: (JSON.parse(body) as { Key: object }).Key } });
    const commands = Array.from({ length: 30 }, (_, index) => {
      return new GetItemCommand({ TableName: 'Orders', Key: { orderId: { S: String(index >> 1) } } });
    });
    const answers = await Promise.all(commands.flatMap((each) => [client.send(each), client.send(each)]));
    expect(answers.map(({ Item }) => Item)).toEqual(commands.flatMap(({ input }) => [input.Key, input.Key]));
    expect(wire.received.some(isFromSdk)).toBe(false);
  });

  it('reuses a connection', async () => {
    const client = await warmed(directClient());
    for (let count = 0; count < 5; count++) await client.send(get());
    expect(wire.connections()).toBe(1);
  });
});

describe('an error', () => {
  it.each<[what: string, answer: Answer]>([
    ['a failed condition with the item', refusal('ConditionalCheckFailedException', 400, { Item: Key })],
    ['an invalid request', refusal('ValidationException')],
    ['a missing permission', refusal('AccessDeniedException')],
    ['a missing table', refusal('ResourceNotFoundException')],
    ['an error that the SDK does not know', refusal('SomethingUnheardOf')],
    ['an old session', refusal('ExpiredTokenException')],
    ['a request that is too large, without a body', { status: 413 }],
    ['a page of a proxy', { status: 403, body: '<html>no</html>', headers: { 'content-type': 'text/html' } }],
    ['a page in place of an output', { status: 200, body: '<html>hello</html>' }],
  ])('for %s is not repeated, and equals that of the SDK', async (_, answer) => {
    const { requests } = await expectTheSame((client) => client.send(get()), [answer]);
    expect(requests).toHaveLength(1);
  });

  it('for a canceled transaction has its reasons', async () => {
    const CancellationReasons = [{ Code: 'ConditionalCheckFailed', Item: Key }, { Code: 'None' }];
    const answer = refusal('TransactionCanceledException', 400, { CancellationReasons });
    const named = () => new TransactWriteItemsCommand({ TransactItems: [], ClientRequestToken: 'one' });
    const { requests } = await expectTheSame((client) => client.send(named()), [answer]);
    expect(requests).toHaveLength(1);
    const client = await warmed(directClient(), (each) => each.send(named()));
    wire.answers = [answer];
    await expect(client.send(named())).rejects.toSatisfy(
      (error) => error instanceof TransactionCanceledException && error.CancellationReasons?.length === 2,
    );
  });

  it('is an instance of the class that the SDK exports', async () => {
    const client = await warmed(directClient());
    wire.answers = [refusal('ConditionalCheckFailedException')];
    await expect(client.send(get())).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  });

  it('keeps the HTTP status of an answer that cannot be read', async () => {
    const client = await warmed(directClient(), (each) => each.send(get()));
    wire.answers = [{ status: 403, body: '<html>no</html>' }];
    await expect(client.send(get())).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it.each<[what: string, answer: Answer]>([
    ['a throttled table', refusal('ProvisionedThroughputExceededException')],
    ['a throttled account', refusal('ThrottlingException')],
    ['a limit', refusal('RequestLimitExceeded')],
    ['a transaction under way', refusal('TransactionInProgressException')],
    ['a failure of the service', refusal('InternalServerError', 500)],
    ['a page of a load balancer', { status: 503, body: '<html>later</html>' }],
    ['a cut connection', 'cut'],
    ['an answer that breaks off', 'cut within'],
  ])('for %s is repeated as often as by the SDK, and no more', async (_, answer) => {
    const passing = await expectTheSame((client) => client.send(get()), [answer, answer]);
    expect(passing.requests).toHaveLength(3);
    const lasting = await expectTheSame(
      (client) => client.send(get()),
      Array.from({ length: 9 }, () => answer),
    );
    expect(lasting.requests).toHaveLength(3);
  });

  it.each<[what: string, answer: Answer]>([
    ['that never comes', 'silence'],
    ['that stops coming', 'silence within'],
  ])('for an answer %s comes with the client’s time-out, as by the SDK', async (_, answer) => {
    const requestHandler = { requestTimeout: 80, throwOnRequestTimeout: true, socketTimeout: 60 };
    const making = () => ({ tries: 2, requestHandler });
    const { requests, outcome } = await expectTheSame((client) => client.send(get()), [answer, answer], making);
    expect(requests).toHaveLength(2);
    expect(outcome).toMatchObject({ name: 'TimeoutError' });
  });

  it('for a service that cannot be reached equals that of the SDK', async () => {
    const clientsOfBoth = [await warmed(directClient()), await warmed(sdkClient())];
    await wire.close();
    const outcomes = await Promise.all(clientsOfBoth.map((client) => reported(client.send(get()))));
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(outcomes[0]).toMatchObject({ code: 'ECONNREFUSED', metadata: { attempts: 3 } });
  });

  it('is followed by a wait, which is the longer one of the SDK after a throttle', async () => {
    const backoff = new Backoff(150);
    const client = await warmed(directClient({ backoff }));
    wire.answers = [refusal('ThrottlingException'), refusal('InternalServerError', 500)];
    await client.send(get());
    const [first, second, third] = wire.received.map(({ at }) => at) as [number, number, number];
    expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(145);
    expect(backoff.bases).toEqual([1_000, 50]);
  });

  it('uses up retries that later direct successes give back', async () => {
    const client = await warmed(directClient({ tries: 2 }));
    const strategy = (await client.config.retryStrategy()) as StandardRetryStrategy;
    wire.decide = () => refusal('InternalServerError', 500);
    while (strategy.getCapacity() > 14) await expect(client.send(get())).rejects.toThrow();
    const spent = strategy.getCapacity();
    wire.decide = () => undefined;
    for (let count = 0; count < 20; count++) await client.send(get());
    expect(wire.received.slice(-20).some(isFromSdk)).toBe(false);
    expect(strategy.getCapacity()).toBe(spent + 20);
  });
});

describe('a client with one try', () => {
  it.each<[string, Answer]>([
    ['a cut connection', 'cut'],
    ['a failure', refusal('InternalServerError', 500)],
    ['a throttle', refusal('ThrottlingException')],
    ['an old clock', refusal('RequestTimeTooSkewed')],
    ['an answer that breaks off', 'cut within'],
    ['a page', { status: 200, body: '<html>hello</html>' }],
  ])('sends nothing twice after %s', async (_, answer) => {
    const { requests } = await expectTheSame(
      (client) => client.send(get()),
      [answer],
      () => ({ tries: 1 }),
    );
    expect(requests).toHaveLength(1);
  });
});

describe('a transaction', () => {
  it('has one token in all its tries, and another one each time it is sent', async () => {
    const client = await warmed(directClient(), (each) => each.send(transact()));
    const command = transact();
    wire.answers = ['cut', 'cut'];
    await client.send(command);
    await client.send(command);
    const tokens = wire.received.map(
      ({ body }) => (JSON.parse(body) as { ClientRequestToken: string }).ClientRequestToken,
    );
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens.slice(0, 3)).size).toBe(1);
    expect(tokens[3]).not.toBe(tokens[0]);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(command.input.ClientRequestToken).toBeUndefined();
  });

  it('keeps the token that it comes with, unless that is undefined', async () => {
    const client = await warmed(directClient(), (each) => each.send(transact()));
    for (const ClientRequestToken of ['mine', undefined]) {
      wire.answers = ['cut'];
      await client.send(new TransactWriteItemsCommand({ TransactItems: [], ClientRequestToken }));
    }
    const tokens = wire.received.map(
      ({ body }) => (JSON.parse(body) as { ClientRequestToken: string }).ClientRequestToken,
    );
    expect(tokens.slice(0, 2)).toEqual(['mine', 'mine']);
    expect(tokens[2]).toMatch(/^[0-9a-f-]{36}$/);
    expect(tokens[3]).toBe(tokens[2]);
  });
});

describe('options of a call', () => {
  it('abort it before it is sent', async () => {
    const signal = AbortSignal.abort();
    const { direct, sdk } = await compared((client) => client.send(get(), { abortSignal: signal }).catch(thrown), []);
    expect(direct.outcome).toEqual(sdk.outcome);
    expect(direct.outcome).toMatchObject({ output: { name: 'AbortError' } });
    expect(direct.requests).toHaveLength(0);
  });

  it('abort it while its answer is awaited', async () => {
    for (const client of [await warmed(directClient()), await warmed(sdkClient())]) {
      wire.received.length = 0;
      wire.answers = ['silence'];
      const abort = new AbortController();
      const sent = client.send(get(), { abortSignal: abort.signal });
      await expect.poll(() => wire.received.length).toBe(1);
      abort.abort();
      await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
      expect(wire.received).toHaveLength(1);
    }
  });

  it('set its own time-out', async () => {
    const requestHandler = { throwOnRequestTimeout: true };
    for (const client of [directClient({ requestHandler, tries: 1 }), sdkClient({ requestHandler, tries: 1 })]) {
      await warmed(client);
      wire.answers = ['silence'];
      await expect(client.send(get(), { requestTimeout: 60 })).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(wire.received).toHaveLength(1);
    }
  });
});

/** Output that `reported` can look at in place of an error. */
function thrown({ name, message }: Error) {
  return { $metadata: {}, name, message };
}

describe('a wrong clock', () => {
  const wrongByMs = 3_600_000;

  /** A service whose clock is an hour ahead, and which refuses what was not signed by it. */
  function timeTeller({ headers }: Received): Answer {
    const serverTime = Date.now() + wrongByMs;
    const signedAt = String(headers['x-amz-date']).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5');
    const date = { date: new Date(serverTime).toUTCString() };
    if (Math.abs(serverTime - Date.parse(signedAt)) < 300_000)
      return { status: 200, body: { Item: Key }, headers: date };
    return { ...(refusal('RequestTimeTooSkewed') as { status: number; body: object }), headers: date };
  }

  it('is corrected by the SDK, and right in the next direct call', async () => {
    const client = await warmed(directClient());
    wire.decide = timeTeller;
    expect(await client.send(get())).toMatchObject({ Item: Key });
    expect(wire.received.map(isFromSdk)).toEqual([false, true]);
    wire.received.length = 0;
    expect(await client.send(get())).toMatchObject({ Item: Key });
    expect(wire.received.map(isFromSdk)).toEqual([false]);
  });

  it('fails one call of a client with one try', async () => {
    const client = await warmed(directClient({ tries: 1 }));
    wire.decide = timeTeller;
    await expect(client.send(get())).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
    expect(await client.send(get())).toMatchObject({ Item: Key });
    expect(wire.received.map(isFromSdk)).toEqual([false, false]);
  });
});

describe('everything unusual goes through the SDK', () => {
  it.each<[string, Send]>([
    ['the first command of a kind', (client) => client.send(new DeleteItemCommand({ TableName: 'Orders', Key }))],
    ['a command that is not about items', (client) => client.send(new ListTablesCommand())],
    [
      'a binary value',
      (client) => client.send(new GetItemCommand({ TableName: 'Orders', Key: { id: { B: Buffer.from('a') } } })),
    ],
    [
      'a table that is named by its ARN',
      (client) => client.send(new GetItemCommand({ TableName: 'arn:aws:dynamodb:eu-central-1:1:table/Orders', Key })),
    ],
    ['a call with options', (client) => client.send(get(), {})],
  ])('%s', async (_, send) => {
    const client = await warmed(directClient());
    await send(client);
    expect(wire.received.map(isFromSdk)).toEqual([true]);
  });

  it('the kind of a command that was sent before with an ARN, until it was sent with a name', async () => {
    const client = directClient();
    await client.send(new GetItemCommand({ TableName: 'arn:aws:dynamodb:eu-central-1:1:table/Orders', Key }));
    await client.send(get());
    await client.send(get());
    expect(wire.received.map(isFromSdk)).toEqual([true, true, false]);
  });

  it.each(['serialize', 'build', 'finalizeRequest', 'deserialize'] as const)(
    'a client with middleware in the step %s',
    async (step) => {
      const client = directClient();
      let passed = 0;
      const count = (next: (args: never) => unknown) => (args: never) => {
        passed += 1;
        return next(args);
      };
      client.middlewareStack.add(count as never, { step, name: 'count' } as never);
      for (let times = 0; times < 3; times++) await client.send(get());
      expect(passed).toBe(3);
      expect(wire.received.every(isFromSdk)).toBe(true);
    },
  );

  it('a client that does not keep its middleware', async () => {
    const client = directClient({ cacheMiddleware: false });
    for (let times = 0; times < 3; times++) await client.send(get());
    expect(wire.received.every(isFromSdk)).toBe(true);
  });
});

describe.each(['direct', 'sdk'])('middleware of the step initialize (%s)', (kind) => {
  it('sees every command once, with its name and what became of it', async () => {
    const client = kind === 'direct' ? directClient() : sdkClient();
    const spans: string[] = [];
    client.middlewareStack.add(
      (next, { clientName, commandName }) =>
        async (args) => {
          try {
            const result = await next(args);
            spans.push(`${clientName} ${commandName} ${result.output.$metadata.attempts}`);
            return result;
          } catch (error) {
            spans.push(`${commandName} ${(error as Error).name}`);
            throw error;
          }
        },
      { step: 'initialize', name: 'span' },
    );
    wire.answers = [
      { status: 200, body: {} },
      { status: 200, body: {} },
      refusal('ThrottlingException'),
      { status: 200, body: {} },
      refusal('ValidationException'),
    ];
    for (let times = 0; times < 3; times++) await client.send(get());
    await expect(client.send(get())).rejects.toThrow();
    expect(spans).toEqual([
      'DynamoDBClient GetItemCommand 1',
      'DynamoDBClient GetItemCommand 1',
      'DynamoDBClient GetItemCommand 2',
      'GetItemCommand ValidationException',
    ]);
    expect(wire.received.map(isFromSdk)).toEqual(
      kind === 'direct' ? [true, false, false, true, false] : [true, true, true, true, true],
    );
  });
});

describe('the headers of a direct request', () => {
  it('include what Powertools adds to the user agent', async () => {
    const client = directClient();
    new DynamoDBPersistenceLayer({ tableName: 'Idempotency', awsSdkV3Client: client });
    for (let times = 0; times < 2; times++) await client.send(get());
    expect(wire.received.map(isFromSdk)).toEqual([true, false]);
    for (const { headers } of wire.received) expect(headers['user-agent']).toMatch(/ PT\/idempotency\//);
  });

  it('are signed with the current credentials', async () => {
    let number = 0;
    const credentials = async () => {
      number += 1;
      // Within five minutes of their end the SDK asks for new ones.
      return { accessKeyId: `key${number}`, secretAccessKey: 'secret', expiration: new Date(Date.now() + 60_000) };
    };
    const client = await warmed(directClient({ credentials }));
    for (let times = 0; times < 2; times++) await client.send(get());
    const keys = wire.received.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]);
    expect(wire.received.map(isFromSdk)).toEqual([false, false]);
    expect(new Set(keys).size).toBe(2);
  });

  it('do not repeat the trace id of another invocation', async () => {
    const client = directClient();
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'place-order');
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1');
    for (let times = 0; times < 2; times++) await client.send(get());
    expect(wire.received.map(({ headers }) => headers['x-amzn-trace-id'])).toEqual(['Root=1', undefined]);
  });

  it('name the endpoint that the SDK resolves in AWS', async () => {
    const sent: { protocol: string; hostname: string; path: string; headers: Record<string, string> }[] = [];
    const handle = async (request: (typeof sent)[number]) => {
      sent.push(request);
      return { response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) } };
    };
    const requestHandler = { handle } as unknown as NonNullable<DynamoDBClientConfig['requestHandler']>;
    const client = directClient({ endpoint: undefined, requestHandler } as unknown as Making);
    for (let count = 0; count < 2; count++) await client.send(get());
    const [sdk, direct] = sent.map(({ protocol, hostname, path, headers }) => [protocol, hostname, path, headers.host]);
    expect(direct).toEqual(sdk);
    expect(direct).toContain('dynamodb.eu-central-1.amazonaws.com');
    expect(sent.map(({ headers }) => 'amz-sdk-request' in headers)).toEqual([true, false]);
  });
});
