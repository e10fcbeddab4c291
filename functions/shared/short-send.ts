import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { userAgent } from './json-handler.ts';
import { systemClock } from './kernel/time.ts';
import { type Credentials, RequestSigner, type SignableRequest } from './request-signer.ts';

/** What the SDK's command says of itself: what it asks for, and its operation's id, name, traits, input and output. */
interface Command {
  readonly input: object;
  readonly schema: readonly [
    kind: number,
    namespace: string,
    name: string,
    traits: unknown,
    input: object,
    output: object,
  ];
}

/** The parts of the SDK's client that do the work. */
interface Parts {
  readonly protocol: {
    serializeRequest(operation: object, input: object, context: object): Promise<SignableRequest & { body: string }>;
    deserializeResponse(operation: object, context: object, response: unknown): Promise<unknown>;
  };
  readonly requestHandler: { handle(request: SignableRequest): Promise<{ readonly response: unknown }> };
  readonly credentials: () => Promise<Credentials>;
  readonly region: () => Promise<string>;
}

/** Where the client's requests go. */
interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
}

/**
 * Lets a DynamoDB client send its commands by a shorter way than through its middleware, which copies the whole configuration
 * several times and finds endpoint and credentials anew for each request: most of what a call costs. The parts that do the
 * work are the SDK's own. The first command goes the whole way and shows where to; so does whatever fails on the short
 * one and is no refusal: whether to repeat it, when and how often is for the SDK to say.
 *
 * @param mayRepeat false: nothing is ever sent twice, whatever becomes of it
 */
export function sendShortly(client: DynamoDBClient, mayRepeat: boolean): DynamoDBClient {
  const wholeWay = client.send.bind(client) as (command: Command) => Promise<unknown>;
  const parts = client.config as unknown as Parts;
  const signer = new RequestSigner(parts.credentials);
  const operations = new Map<Command['schema'], object>();
  let target: Target | undefined;
  const context = { ...client.config, endpoint: async () => target };
  client.middlewareStack.add(
    (next) => (args) => {
      const { protocol, hostname, port, path } = args.request as Target;
      target = { protocol, hostname, port, path };
      return next(args);
    },
    { step: 'finalizeRequest', name: 'noteTarget' },
  );

  const shortWay = async ({ schema, input }: Command, { hostname, port }: Target) => {
    const operation = operations.get(schema) ?? operationOf(schema);
    operations.set(schema, operation);
    const request = await parts.protocol.serializeRequest(operation, input, context);
    request.headers.host = port === undefined ? hostname : `${hostname}:${port}`;
    request.headers['content-length'] = String(Buffer.byteLength(request.body));
    request.headers['user-agent'] = userAgent;
    const where = { signingRegion: await parts.region(), signingService: 'dynamodb' };
    await signer.sign(request, { signingDate: systemClock(), ...where });
    const { response } = await parts.requestHandler.handle(request);
    return parts.protocol.deserializeResponse(operation, context, response);
  };

  const send = async (command: Command): Promise<unknown> => {
    if (target === undefined) return wholeWay(command);
    giveToken(command);
    try {
      return await shortWay(command, target);
    } catch (error) {
      if (!mayRepeat || isRefusal(error)) throw error;
      return wholeWay(command);
    }
  };
  client.send = send as unknown as DynamoDBClient['send'];
  return client;
}

function operationOf([, namespace, name, traits, input, output]: Command['schema']): object {
  return { namespace, name, traits, input, output };
}

/** A transaction that is sent once more must be known as the same one, whichever way it goes. */
function giveToken({ input }: Command): void {
  if ('TransactItems' in input) Object.assign(input, { ClientRequestToken: randomUUID(), ...input });
}

function isRefusal(error: unknown): boolean {
  return error instanceof ConditionalCheckFailedException || error instanceof TransactionCanceledException;
}
