import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { SignatureV4, type SignatureV4CryptoInit, type SignatureV4Init } from '@smithy/signature-v4';
import type { RetryErrorInfo, StandardRetryToken } from '@smithy/types';
import { readConfig } from '../config.ts';
import { idleBeforeOnceMs, idleBeforeRepeatedMs, keptConnections } from '../kept-connections.ts';
import { systemClock } from '../kernel/time.ts';
import { sendItemsDirectly } from './direct-dynamo.ts';

const { AWS_CLIENT } = readConfig('AWS_CLIENT');

/**
 * Bounds of a call in milliseconds and tries. Together with the SDK's waits between tries, the longest call must end before its
 * function does: README.md has the sum, and a test does it for every function.
 */
export const bounds = {
  /** Until a connection is there. */
  connectMs: 1_000,
  /** From the start of a try until the headers of its answer are there, connecting included. */
  answerMs: 3_000,
  /** Silence on a connection, within an answer too. */
  silenceMs: 3_000,
  /** Connections to one service at the same time, as the SDK's handler has by default. */
  connections: 50,
  /** What calls a function repeats it as well: a step of a saga, a stream, a queue, a customer by the idempotency key. */
  tries: 2,
  /** A service that asks for a longer wait before the next try does not get one: the function's own caller can wait longer. */
  longestWishMs: 1_000,
} as const;

class BoundedRetryStrategy extends StandardRetryStrategy {
  override async refreshRetryTokenForRetry(
    token: StandardRetryToken,
    error: RetryErrorInfo,
  ): Promise<StandardRetryToken> {
    const wishedMs = (error.retryAfterHint?.getTime() ?? 0) - Date.parse(systemClock());
    if (wishedMs > bounds.longestWishMs) throw new Error('the service asks for a longer wait than there is time for');
    return super.refreshRetryTokenForRetry(token, error);
  }
}

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(tries: number, signer: () => Promise<SignatureV4>) {
  const idleMs = tries === 1 ? idleBeforeOnceMs : idleBeforeRepeatedMs;
  const agent = (protocol: string) => keptConnections(protocol, idleMs, { maxSockets: bounds.connections });
  return {
    // The SDK builds the middleware for each kind of command once and keeps it; else it builds it for every command.
    cacheMiddleware: true,
    // An object of settings is for the SDK's NodeHttpHandler, which keeps its connections.
    requestHandler: {
      connectionTimeout: bounds.connectMs,
      requestTimeout: bounds.answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: bounds.silenceMs,
      httpAgent: agent('http:'),
      httpsAgent: agent('https:'),
    },
    maxAttempts: tries,
    retryStrategy: new BoundedRetryStrategy({ maxAttempts: tries }),
    signer,
  };
}

interface Client {
  readonly config: Pick<SignatureV4Init, 'credentials' | 'region'> & SignatureV4CryptoInit;
}

/**
 * @param service its name in signatures (`dynamodb`)
 * @returns makes the client when it is first asked for, and keeps it for the life of the process
 */
function once<C extends Client>(
  service: string,
  make: (settings: Settings) => C,
  tries: number = bounds.tries,
): () => C {
  let client: C | undefined;
  let signer: SignatureV4 | undefined;
  // The SDK would make one for each request.
  const keptSigner = async () => {
    signer ??= new SignatureV4({ ...(client as C).config, service });
    return signer;
  };
  return () => {
    client ??= make(settingsOf(tries, keptSigner));
    return client;
  };
}

function dynamoClient(settings: Settings): DynamoDBClient {
  const client = new DynamoDBClient(settings);
  if (AWS_CLIENT === 'direct') sendItemsDirectly(client);
  return client;
}

// The annotations let a bundle drop the clients that its function never asks for.
export const dynamo = /* @__PURE__ */ once('dynamodb', dynamoClient);
/** Never sends anything twice: for writes whose repetition would be a second effect. */
export const dynamoOnce = /* @__PURE__ */ once('dynamodb', dynamoClient, 1);
export const eventBridge = /* @__PURE__ */ once('events', (settings) => new EventBridgeClient(settings));
export const stepFunctions = /* @__PURE__ */ once('states', (settings) => new SFNClient(settings));
export const sqs = /* @__PURE__ */ once('sqs', (settings) => new SQSClient(settings));
export const secrets = /* @__PURE__ */ once('secretsmanager', (settings) => new SecretsManagerClient(settings));
