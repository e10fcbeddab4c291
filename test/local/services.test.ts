import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Credentials, credentialsOf } from '../../local/aws/authenticate.ts';
import { type Local, startLocal } from '../../local/index.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';

// The AWS SDK with credentials from outside of the app, which may do anything; `as` uses a function's own.
let local: Local;
let endpoint: string;

const outside = { accessKeyId: 'OUTSIDE', secretAccessKey: 'x' };
const as = (credentials: Credentials) => ({
  endpoint,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});

beforeAll(async () => {
  local = await startLocal({ assembly: writeAssembly(fixtureApp()), memory: true, retryScale: 0.001 });
  const { body } = (await local.invoke('Echo', {})) as { body: string };
  endpoint = JSON.parse(body).environment.AWS_ENDPOINT_URL;
});

beforeEach(() => local.resetMeter());

afterAll(() => local.stop());

const queueUrl = (name: string) => `${endpoint}/000000000000/${name}`;
const event = (detail: string, more = {}) => ({
  Source: 'test.orders',
  DetailType: 'OrderPlaced',
  Detail: detail,
  EventBusName: 'fixture-events',
  ...more,
});

test('events reach the rules that match them; malformed ones are refused one by one', async () => {
  const bus = new EventBridgeClient(as(outside));
  const Entries = [
    event('{"orderId":"e1"}'),
    event('{"orderId":"e2"}', { DetailType: 'OrderConfirmed' }),
    event('not JSON'),
    event('{"orderId":"e3"}', { EventBusName: 'missing' }),
  ];
  const answer = await bus.send(new PutEventsCommand({ Entries }));
  expect(answer.FailedEntryCount).toBe(1);
  expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    undefined,
    'MalformedDetail',
    undefined,
  ]);
  await local.settled();
  const started = local.executions().filter(({ name }) => /^e\d$/.test(name));
  expect(started.map(({ name }) => name)).toEqual(['e1']);
  expect(local.meter().events).toBe(3);
});

test('a function that was not granted the bus may not put events on it', async () => {
  const bus = new EventBridgeClient(as(credentialsOf({ name: 'First' })));
  await expect(bus.send(new PutEventsCommand({ Entries: [event('{}')] }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});

test('a call that is not signed with the function’s own key is refused by every service', async () => {
  const stranger = as({ ...credentialsOf({ name: 'First' }), secretAccessKey: 'x' });
  const refused = { name: 'InvalidSignatureException' };
  await expect(new EventBridgeClient(stranger).send(new PutEventsCommand({ Entries: [] }))).rejects.toMatchObject(
    refused,
  );
  const receive = new ReceiveMessageCommand({ QueueUrl: queueUrl('Failures') });
  await expect(new SQSClient(stranger).send(receive)).rejects.toMatchObject(refused);
});

test('messages are sent, received, hidden while received, and deleted', async () => {
  const sqs = new SQSClient(as(outside));
  const QueueUrl = queueUrl('Failures');
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
  const Entries = [{ Id: '1', MessageBody: 'zwölf' }];
  expect((await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).Successful).toHaveLength(1);
  const receive = async () =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [];
  const messages = await receive();
  expect(messages.map(({ Body }) => Body)).toEqual(['one', 'zwölf']);
  expect(await receive()).toEqual([]);
  for (const { ReceiptHandle } of messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  expect(local.deadLetters()).toEqual([]);
});

test('dead letters are moved back to the queue that they came from', async () => {
  const sqs = new SQSClient(as(outside));
  const body = JSON.stringify({ detail: { orderId: 'redriven' } });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('Failures'), MessageBody: body }));
  const SourceArn = 'arn:aws:sqs:us-east-1:000000000000:Failures';
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  await local.settled();
  expect(local.deadLetters()).toEqual([]);
  expect(local.executions().map(({ name }) => name)).toContain('redriven');
});

test('a received message can be made visible at once, and a receiver gets the attributes that it asks for', async () => {
  const sqs = new SQSClient(as(outside));
  const QueueUrl = queueUrl('Failures');
  const body = JSON.stringify({ detail: { orderId: 'bad-2' } });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('Work'), MessageBody: body }));
  await local.settled();
  const receive = async (more = {}) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600, ...more }))).Messages ?? [];
  const [plain] = await receive();
  expect(plain).toMatchObject({ Body: body, Attributes: {} });
  expect(await receive()).toEqual([]);
  const Entries = [{ Id: '1', ReceiptHandle: plain?.ReceiptHandle, VisibilityTimeout: 0 }];
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  const [again] = await receive({ MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'] });
  expect(again?.Attributes).toEqual({ DeadLetterQueueSourceArn: 'arn:aws:sqs:us-east-1:000000000000:Work' });
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
});

test('an operator finds queues and event source mappings, and invokes a function; a function may not', async () => {
  const { QueueUrls } = await new SQSClient(as(outside)).send(new ListQueuesCommand({ QueueNamePrefix: 'Fail' }));
  expect(QueueUrls).toEqual([queueUrl('Failures')]);
  const lambda = new LambdaClient(as(outside));
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  expect(EventSourceMappings).toContainEqual(
    expect.objectContaining({
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fixture-startsaga',
      EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:Work',
    }),
  );
  const invoke = (FunctionName: string) => new InvokeCommand({ FunctionName, Payload: '{"hello":1}' });
  const answer = await lambda.send(invoke('fixture-echo'));
  expect(answer.FunctionError).toBeUndefined();
  expect(answer.Payload?.transformToString()).toContain('AWS_LAMBDA_FUNCTION_NAME');
  local.invokeFaults.add({ function: 'Echo', kind: 'fail' });
  const failed = await lambda.send(invoke('fixture-echo'));
  expect(failed).toMatchObject({ FunctionError: 'Unhandled' });
  expect(JSON.parse(failed.Payload?.transformToString() ?? '')).toMatchObject({ errorMessage: 'injected: fail' });
  await expect(lambda.send(invoke('missing'))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const asFunction = new LambdaClient(as(credentialsOf({ name: 'First' })));
  await expect(asFunction.send(invoke('fixture-echo'))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
});

test('an execution is started, described and listed; its name cannot be used again', async () => {
  const sfn = new SFNClient(as(outside));
  const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:fixture-saga';
  const start = new StartExecutionCommand({ stateMachineArn, name: 's1', input: '{"orderId":"s1"}' });
  const { executionArn } = await sfn.send(start);
  await local.settled();
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    status: 'SUCCEEDED',
    stopDate: expect.any(Date),
    input: '{"orderId":"s1"}',
  });
  const listed = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }));
  expect(listed.executions?.[0]).toMatchObject({ name: 's1' });
  await expect(sfn.send(start)).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});
