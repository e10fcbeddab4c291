import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';

/** What the clients have in common, as far as it is needed here. */
interface AwsClient {
  readonly middlewareStack: { remove(name: string): boolean };
}

/** Makes a client when it is first asked for and keeps it for the life of the process. */
function once<Client extends AwsClient>(make: () => Client): () => Client {
  let client: Client | undefined;
  return () => {
    if (client === undefined) {
      client = make();
      // It walks through every request and answer to hide secrets from a logger that no client here has.
      client.middlewareStack.remove('loggerMiddleware');
    }
    return client;
  };
}

/** A call that takes longer than this is unknown, not slow; the caller's retry or undo takes over. */
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 4_000 };

// The annotations let a bundle drop the clients that its function never asks for.
export const dynamo = /* @__PURE__ */ once(() => new DynamoDBClient({ requestHandler }));
/** Never sends anything twice: for writes whose repetition would be a second effect. */
export const dynamoOnce = /* @__PURE__ */ once(() => new DynamoDBClient({ requestHandler, maxAttempts: 1 }));
export const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient({ requestHandler }));
export const stepFunctions = /* @__PURE__ */ once(() => new SFNClient({ requestHandler }));
export const sqs = /* @__PURE__ */ once(() => new SQSClient({ requestHandler }));
export const secrets = /* @__PURE__ */ once(() => new SecretsManagerClient({ requestHandler }));
