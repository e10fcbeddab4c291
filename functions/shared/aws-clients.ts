import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { JsonHandler, userAgent } from './json-handler.ts';
import { type Credentials, RequestSigner, type SignableRequest, type SigningArguments } from './request-signer.ts';
import { sendShortly } from './short-send.ts';
import { dynamoWay, eventBridgeWay, stepFunctionsWay } from './short-ways.ts';

/** What the clients have in common, as far as it is needed here. */
interface AwsClient {
  readonly middlewareStack: { remove(name: string): boolean; add(middleware: object, options: object): void };
  readonly config: {
    readonly credentials: () => Promise<Credentials>;
    readonly region: () => Promise<string>;
    signer: unknown;
  };
}

interface BuiltRequest {
  readonly request: { readonly headers: Record<string, string> };
}

/** Says who calls. */
const nameCaller = (next: (args: BuiltRequest) => unknown) => (args: BuiltRequest) => {
  args.request.headers['user-agent'] = userAgent;
  return next(args);
};

/** Takes from every request what the SDK does for it and nobody needs here: more than half of what a call costs. */
function lighten({ middlewareStack, config }: AwsClient): void {
  // It walks through every request and answer to hide secrets from a logger that no client here has.
  middlewareStack.remove('loggerMiddleware');
  // In the place of one that lists versions of what the client is made of; Powertools looks for the name.
  const place = { name: 'getUserAgentMiddleware', step: 'build', priority: 'low', override: true };
  middlewareStack.add(nameCaller, place);
  const signer = new RequestSigner(config.credentials);
  const { defaultSigningName: signingService } = config as { defaultSigningName?: string };
  // Where the endpoint says nothing of it, the SDK gives region and service to the signer that it makes, not to `sign`.
  const sign = async (request: SignableRequest, { signingDate, ...where }: SigningArguments) =>
    signer.sign(request, {
      signingDate,
      signingRegion: where.signingRegion ?? (await config.region()),
      signingService: where.signingService ?? String(signingService),
    });
  config.signer = async () => ({ sign });
}

/** Makes a client when it is first asked for and keeps it for the life of the process. */
function once<Client extends AwsClient>(make: () => Client): () => Client {
  let client: Client | undefined;
  return () => {
    if (client === undefined) {
      client = make();
      lighten(client);
    }
    return client;
  };
}

/** What a kind of command goes through is put together once, not for each command. */
const settings = { requestHandler: /* @__PURE__ */ new JsonHandler(), cacheMiddleware: true };

// With the first try, on the short way, a command has as many tries as the SDK would give it.
// The annotations let a bundle drop the clients that its function never asks for.

export const dynamo = /* @__PURE__ */ once(() =>
  sendShortly(new DynamoDBClient({ ...settings, maxAttempts: 3 }), dynamoWay),
);
/** Never sends anything twice: for writes whose repetition would be a second effect. */
export const dynamoOnce = /* @__PURE__ */ once(() =>
  sendShortly(new DynamoDBClient({ ...settings, maxAttempts: 1 }), { ...dynamoWay, mayRepeat: false }),
);
export const eventBridge = /* @__PURE__ */ once(() =>
  sendShortly(new EventBridgeClient({ ...settings, maxAttempts: 2 }), eventBridgeWay),
);
export const stepFunctions = /* @__PURE__ */ once(() =>
  sendShortly(new SFNClient({ ...settings, maxAttempts: 2 }), stepFunctionsWay),
);
export const sqs = /* @__PURE__ */ once(() => new SQSClient(settings));
export const secrets = /* @__PURE__ */ once(() => new SecretsManagerClient(settings));
