import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { localRegion, operator, urlsOf } from '../local-instance.ts';
import type { FailuresOptions } from './options.ts';

/** The clients of a deployment or of a local instance. */
export interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly dynamo: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
}

/** @throws Error when the local instance does not answer. */
export async function connect({ local, region }: Pick<FailuresOptions, 'local' | 'region'>): Promise<Clients> {
  if (local !== undefined) return localClients((await urlsOf(local)).awsUrl);
  return clientsWith(region === undefined ? {} : { region });
}

/** @param endpoint the instance's AWS endpoint */
export function localClients(endpoint: string): Clients {
  return clientsWith({ endpoint, region: localRegion, credentials: operator });
}

function clientsWith(settings: {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: typeof operator;
}) {
  return {
    sqs: new SQSClient(settings),
    lambda: new LambdaClient(settings),
    dynamo: new DynamoDBClient(settings),
    streams: new DynamoDBStreamsClient(settings),
  };
}
