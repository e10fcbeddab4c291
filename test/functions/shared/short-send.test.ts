import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JsonHandler } from '../../../functions/shared/json-handler.ts';
import { sendShortly } from '../../../functions/shared/short-send.ts';
import { dynamoWay, eventBridgeWay, stepFunctionsWay } from '../../../functions/shared/short-ways.ts';

interface Received {
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** What the store does with a request: answers, or breaks the connection. */
type Answer = { readonly status: number; readonly body: object } | 'cut';

const fine: Answer = { status: 200, body: {} };
const error = (name: string, status = 400): Answer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no' },
});

let server: Server;
let received: Received[];
let answers: Answer[];

beforeEach(async () => {
  received = [];
  answers = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      const answer = answers.shift() ?? fine;
      if (answer === 'cut') request.socket.destroy();
      else
        response
          .writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const settings = () => ({
  region: 'eu-central-1',
  maxAttempts: 3,
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  credentials: { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' },
  requestHandler: new JsonHandler(),
});

const newClient = () => new DynamoDBClient(settings());

const get = () => new GetItemCommand({ TableName: 'Orders', Key: { orderId: { S: 'ord_1' } } });

/** A client that has sent its first command, which always goes the whole way. */
async function warmClient(mayRepeat = true): Promise<DynamoDBClient> {
  const client = sendShortly(newClient(), { ...dynamoWay, mayRepeat });
  await client.send(get());
  received.length = 0;
  return client;
}

const meaningful = ({ headers, body }: Received) => ({
  body: JSON.parse(body) as unknown,
  target: headers['x-amz-target'],
  type: headers['content-type'],
  length: headers['content-length'],
  host: headers.host,
  session: headers['x-amz-security-token'],
  signedFor: /Credential=\S+/.exec(String(headers.authorization))?.[0],
});

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

describe('a command on the short way', () => {
  it('says what the SDK would say, and is answered as the SDK would', async () => {
    const [short, whole] = [await warmClient(), newClient()];
    await fc.assert(
      fc.asyncProperty(item, async (Item) => {
        // As it comes over the wire: bytes as base64.
        const stored = JSON.parse(JSON.stringify(Item, asWritten));
        const put = () => new PutItemCommand({ TableName: 'Orders', Item, ConditionExpression: 'size(a) > 1' });
        const query = () => new QueryCommand({ TableName: 'Orders', KeyConditionExpression: 'a = :a', Limit: 3 });
        const exchanges = [
          { command: put, body: { Attributes: stored } },
          { command: query, body: { Items: [stored, {}], Count: 2, LastEvaluatedKey: stored } },
        ];
        for (const { command, body } of exchanges) {
          received.length = 0;
          answers = [1, 2].map(() => ({ status: 200, body }));
          const [ours, theirs] = [await short.send(command() as never), await whole.send(command() as never)];
          const { $metadata: mine, ...answer } = ours as { $metadata: { httpStatusCode: number } };
          const { $metadata: its, ...expected } = theirs as { $metadata: { httpStatusCode: number } };
          expect(answer).toEqual(expected);
          expect(mine.httpStatusCode).toBe(its.httpStatusCode);
          expect(received).toHaveLength(2);
          const [said, wouldSay] = received.map(meaningful);
          expect(said).toEqual(wouldSay);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('says to other services what the SDK would say', async () => {
    const event = { EventBusName: 'orders', Source: 'oms', DetailType: 'Placed', Time: new Date(0), Detail: '{"B":1}' };
    const put = () => new PutEventsCommand({ Entries: [event] });
    const start = () => new StartExecutionCommand({ stateMachineArn: 'arn', name: 'one', input: '{}' });
    const [bus, itsBus] = [
      sendShortly(new EventBridgeClient(settings()), eventBridgeWay),
      new EventBridgeClient(settings()),
    ];
    const [sagas, itsSagas] = [sendShortly(new SFNClient(settings()), stepFunctionsWay), new SFNClient(settings())];
    await bus.send(put());
    await sagas.send(start());
    received.length = 0;
    answers = [1, 2].map(() => ({ status: 200, body: { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] } }));
    const putBy = [await bus.send(put()), await itsBus.send(put())];
    expect(putBy[0]).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    answers = [1, 2].map(() => ({ status: 200, body: { executionArn: 'arn:one', startDate: 1.5 } }));
    const startedBy = [await sagas.send(start()), await itsSagas.send(start())];
    expect(startedBy[0]).toMatchObject({ executionArn: 'arn:one', startDate: new Date(1500) });
    const [said, wouldSay, started, wouldStart] = received.map(meaningful);
    expect(said).toEqual(wouldSay);
    expect(started).toEqual(wouldStart);
    received.length = 0;
    answers = [{ status: 400, body: { __type: 'ExecutionAlreadyExists', message: 'no' } }];
    await expect(sagas.send(start())).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    expect(received).toHaveLength(1);
  });

  it('goes where the SDK would send it in AWS', async () => {
    const sent: { protocol: string; hostname: string; path: string; headers: Record<string, string> }[] = [];
    const requestHandler = {
      handle: async (request: (typeof sent)[number]) => {
        sent.push(request);
        return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } };
      },
    };
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const client = new DynamoDBClient({ region: 'eu-central-1', credentials, requestHandler: requestHandler as never });
    sendShortly(client, dynamoWay);
    for (let count = 0; count < 2; count++) await client.send(get());
    const [whole, short] = sent.map(({ protocol, hostname, path, headers }) => [
      protocol,
      hostname,
      path,
      headers.host,
    ]);
    expect(short).toEqual(whole);
    expect(short).toContain('dynamodb.eu-central-1.amazonaws.com');
    expect(sent[1]?.headers['user-agent']).toBe('holdfast');
  });

  it('does not go through the middleware', async () => {
    const client = await warmClient();
    let passed = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        passed++;
        return next(args);
      },
      { step: 'initialize', name: 'count' },
    );
    await client.send(get());
    expect([passed, received.length]).toEqual([0, 1]);
    answers = ['cut'];
    await client.send(get());
    expect([passed, received.length]).toEqual([1, 3]);
  });

  it('is not repeated when it is refused', async () => {
    const client = await warmClient();
    answers = [error('ConditionalCheckFailedException')];
    await expect(client.send(get())).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    answers = [error('TransactionCanceledException')];
    await expect(client.send(get())).rejects.toMatchObject({ name: 'TransactionCanceledException', message: 'no' });
    expect(received).toHaveLength(2);
  });

  it.each(['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException', 'SomethingUnheardOf'])(
    'is not repeated after %s, which would be answered the same again',
    async (name) => {
      const client = await warmClient();
      answers = [error(name)];
      await expect(client.send(get())).rejects.toMatchObject({ name });
      expect(received).toHaveLength(1);
    },
  );

  it.each(['RequestLimitExceeded', 'ThrottlingException', 'TransactionInProgressException', 'RequestTimeTooSkewed'])(
    'is repeated after %s',
    async (name) => {
      const client = await warmClient();
      answers = [error(name)];
      await client.send(get());
      expect(received).toHaveLength(2);
    },
  );

  it.each([
    ['a broken connection', 'cut' as const],
    ['a throttle', error('ProvisionedThroughputExceededException')],
    ['a failure of the store', error('InternalServerError', 500)],
  ])('is repeated after %s, as often as the SDK does it', async (_, answer) => {
    const client = await warmClient();
    answers = [answer, answer];
    await client.send(get());
    expect(received).toHaveLength(3);
    answers = Array.from({ length: 9 }, () => answer);
    await expect(client.send(get())).rejects.toThrow();
    expect(received).toHaveLength(3 + 1 + 3);
  });

  it('is never repeated by a client that may not', async () => {
    const client = await warmClient(false);
    for (const answer of ['cut', error('InternalServerError', 500)] as const) {
      received.length = 0;
      answers = [answer];
      await expect(client.send(get())).rejects.toThrow();
      expect(received).toHaveLength(1);
    }
  });

  it('is known as the same transaction when it is repeated', async () => {
    const client = await warmClient();
    const transact = () => new TransactWriteItemsCommand({ TransactItems: [] });
    answers = ['cut', 'cut'];
    await client.send(transact());
    await client.send(transact());
    const tokens = received.map(({ body }) => (JSON.parse(body) as { ClientRequestToken: string }).ClientRequestToken);
    expect(tokens).toHaveLength(4);
    expect(new Set(tokens.slice(0, 3)).size).toBe(1);
    expect(tokens[3]).not.toBe(tokens[0]);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

function asWritten(_: string, each: unknown): unknown {
  return each instanceof Uint8Array ? Buffer.from(each).toString('base64') : each;
}
