import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamo, dynamoOnce, eventBridge, secrets, sqs, stepFunctions } from '../../../functions/shared/aws-clients.ts';
import { type AwsEndpoint, awsEndpoint } from '../../support/aws-endpoint.ts';
import { pointAwsAt } from '../../support/environment.ts';

let aws: AwsEndpoint;

beforeAll(async () => {
  aws = await awsEndpoint();
  pointAwsAt({ services: aws.url });
  // Another one than would be guessed where nothing is said.
  process.env.AWS_REGION = 'eu-central-1';
});

beforeEach(() => {
  aws.answer = () => undefined;
  aws.calls.length = 0;
});

afterAll(() => aws.close());

const get = () => new GetItemCommand({ TableName: 'Orders', Key: { orderId: { S: 'ord_1' } } });
const put = () => new PutEventsCommand({ Entries: [] });
const start = () => new StartExecutionCommand({ stateMachineArn: 'arn' });
const failing = () => ({ status: 500, body: { __type: 'InternalServerError' } });

/** Only the SDK's middleware numbers its tries. */
const isWhole = ({ headers }: AwsEndpoint['calls'][number]) => 'amz-sdk-request' in headers;

describe.each([
  ['DynamoDB', () => dynamo().send(get()), 4],
  ['DynamoDB, once', () => dynamoOnce().send(get()), 1],
  ['EventBridge', () => eventBridge().send(put()), 3],
  ['Step Functions', () => stepFunctions().send(start()), 3],
] as const)('the client of %s', (_, send, tries) => {
  it('goes the short way from the second command on', async () => {
    for (let count = 0; count < 3; count++) await send();
    expect(aws.calls.map(isWhole)).toEqual([true, false, false]);
  });

  it(`tries ${tries} times`, async () => {
    aws.answer = failing;
    await expect(send()).rejects.toThrow();
    expect(aws.calls).toHaveLength(tries);
  });
});

it.each([
  ['dynamodb', () => dynamo().send(get())],
  ['dynamodb', () => dynamoOnce().send(get())],
  ['events', () => eventBridge().send(put())],
  ['states', () => stepFunctions().send(start())],
  ['secretsmanager', () => secrets().send(new GetSecretValueCommand({ SecretId: 'key' }))],
  ['sqs', () => sqs().send(new ReceiveMessageCommand({ QueueUrl: `${aws.url}/queue` }))],
] as const)('a request to %s says who calls, and is signed for the service and its region', async (service, send) => {
  // A client that has failed once goes the whole way with its next try.
  for (const answer of [failing, () => undefined]) {
    aws.answer = answer;
    await Promise.allSettled([send()]);
  }
  for (const { headers } of aws.calls) {
    expect(headers['user-agent']).toBe('holdfast');
    expect(headers.authorization).toMatch(new RegExp(`Credential=test/\\d{8}/eu-central-1/${service}/aws4_request`));
  }
  expect(aws.calls.length).toBeGreaterThan(1);
});
