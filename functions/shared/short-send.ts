import { randomUUID } from 'node:crypto';
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

interface JsonRequest extends SignableRequest {
  readonly body: string;
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The parts of the SDK's client that do the work. */
interface Parts {
  readonly protocol: {
    serializeRequest(operation: object, input: object, context: object): Promise<JsonRequest>;
    deserializeResponse(operation: object, context: object, response: Response): Promise<unknown>;
  };
  readonly requestHandler: { handle(request: object): Promise<{ readonly response: Response }> };
  readonly credentials: () => Promise<Credentials>;
  readonly region: () => Promise<string>;
}

/** An SDK client, as far as it is needed here. */
interface Client {
  send(command: never): unknown;
  readonly middlewareStack: { add(middleware: object, options: object): void };
  readonly config: object;
}

/** A step of the SDK's whole way. */
type Middleware = (next: (args: { request: Target }) => unknown) => (args: { request: Target }) => unknown;

/** Where the client's requests go, and what they say of themselves. */
interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bodies that can be written and read without the SDK's schemas. Both answer undefined when they need one. */
export interface PlainJson {
  body(input: object): string | undefined;
  answer(body: Uint8Array): object | undefined;
}

export interface ShortWay {
  /** The service's name in signatures (`dynamodb`). */
  readonly service: string;
  /** False: nothing is ever sent twice, whatever becomes of it. */
  readonly mayRepeat: boolean;
  readonly plain?: PlainJson;
}

/**
 * Lets a client of one of AWS's JSON protocols send its commands by a shorter way than through its middleware, which copies the
 * whole configuration several times and finds endpoint and credentials anew for each request: most of what a call costs. The
 * parts that do the work are the SDK's own. The first command goes the whole way and shows where to; so does whatever fails on
 * the short one and is no refusal: whether to repeat it, when and how often is for the SDK to say.
 *
 * @returns the same client
 */
export function sendShortly<C extends Client>(client: C, { service, mayRepeat, plain }: ShortWay): C {
  const wholeWay = client.send.bind(client) as (command: Command) => Promise<unknown>;
  const parts = client.config as Parts;
  const signer = new RequestSigner(parts.credentials);
  const operations = new Map<Command['schema'], object>();
  let target: Target | undefined;
  // Without the headers: they are the first request's own.
  const endpoint = async () => target && { ...target, headers: undefined };
  const context = { ...client.config, endpoint };
  const noteTarget: Middleware = (next) => (args) => {
    const { protocol, hostname, port, path, headers } = args.request;
    target = { protocol, hostname, port, path, headers: { ...headers } };
    return next(args);
  };
  client.middlewareStack.add(noteTarget, { step: 'finalizeRequest', name: 'noteTarget' });

  const requestOf = async ({ schema, input }: Command, to: Target): Promise<JsonRequest> => {
    const body = plain?.body(input);
    if (body === undefined) return parts.protocol.serializeRequest(operationOf(schema), input, context);
    const { protocol, hostname, port, path } = to;
    const headers = {
      'content-type': to.headers['content-type'] ?? '',
      'x-amz-target': to.headers['x-amz-target']?.replace(/\w+$/, schema[2]) ?? '',
    };
    return { protocol, hostname, port, path, method: 'POST', headers, body } as JsonRequest;
  };

  const shortWay = async (command: Command, to: Target) => {
    const request = await requestOf(command, to);
    const { headers } = request;
    headers.host = to.port === undefined ? to.hostname : `${to.hostname}:${to.port}`;
    headers['content-length'] = String(Buffer.byteLength(request.body));
    headers['user-agent'] = userAgent;
    const where = { signingRegion: await parts.region(), signingService: service };
    await signer.sign(request, { signingDate: systemClock(), ...where });
    const { response } = await parts.requestHandler.handle(request);
    const { statusCode } = response;
    const answer = statusCode === 200 ? plain?.answer(response.body) : undefined;
    if (answer === undefined) return parts.protocol.deserializeResponse(operationOf(command.schema), context, response);
    return Object.assign(answer, {
      $metadata: { httpStatusCode: statusCode, requestId: response.headers['x-amzn-requestid'] },
    });
  };

  const operationOf = (schema: Command['schema']): object => {
    const known = operations.get(schema);
    if (known !== undefined) return known;
    const [, namespace, name, traits, input, output] = schema;
    const operation = { namespace, name, traits, input, output };
    operations.set(schema, operation);
    return operation;
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
  client.send = send as unknown as C['send'];
  return client;
}

/** Client errors that the SDK may send again for: too much at once, a clock that is wrong, a token that is old. */
const mayPass =
  /Throttl|Limit|Throughput|SlowDown|TooMany|NotComplete|InProgress|Timeout|Expired|Future|Skew|Signature|Auth/;

/** Whether an error is the service's last word. */
function isRefusal(error: unknown): boolean {
  const { name, $fault, $retryable } = error as Error & { $fault?: string; $retryable?: object };
  return $fault === 'client' && $retryable === undefined && !mayPass.test(name);
}

/** A transaction that is sent once more must be known as the same one, whichever way it goes. */
function giveToken({ input }: Command): void {
  if ('TransactItems' in input) Object.assign(input, { ClientRequestToken: randomUUID(), ...input });
}
