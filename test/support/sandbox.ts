import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Parcel } from '../../functions/sandbox/domain/parcel.ts';
import type { Payment } from '../../functions/sandbox/domain/payment.ts';
import { layouts, type TestStore } from './dynamodb.ts';

type Handler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface SentAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * A fault injected into a request: `cut_before` closes the connection before the gateway gets the request, `cut_after`
 * after the gateway has acted; a status and body are sent in place of the gateway's answer. A function is given the answer
 * after the gateway has acted: it says what is sent instead, or sends it itself.
 */
export type Interference =
  | 'cut_before'
  | 'cut_after'
  | SentAnswer
  | ((answer: SentAnswer, response: ServerResponse) => SentAnswer | undefined);

/** The handlers of the sandbox gateways behind an HTTP server, with a table of their own. */
export interface TestSandbox {
  readonly endpoint: string;
  readonly table: string;
  /** Every request so far, in the order of arrival. */
  readonly requests: SentRequest[];
  /** Decides the fault of each later request; may be replaced at any time. */
  interfere: (request: SentRequest) => Interference | undefined;
  payments(): Promise<Payment[]>;
  parcels(): Promise<Parcel[]>;
  stop(): Promise<void>;
}

/** Must be called after `pointAwsAt` and once per test file, because the handlers read their environment when loaded. */
export async function startSandbox(store: TestStore): Promise<TestSandbox> {
  const table = await store.createTable(layouts.sandbox);
  process.env.SANDBOX_TABLE = table;
  const [stripe, easypost, labels] = await Promise.all([
    import('../../functions/sandbox/answer-stripe.ts'),
    import('../../functions/sandbox/answer-easypost.ts'),
    import('../../functions/sandbox/show-label.ts'),
  ]);
  const routes: readonly (readonly [RegExp, Handler])[] = [
    [/^\/v1\//, stripe.handler],
    [/^\/v2\//, easypost.handler],
    [/^\/labels\//, labels.handler],
  ];
  const requests: SentRequest[] = [];
  const sandbox: Pick<TestSandbox, 'interfere'> = { interfere: () => undefined };
  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    requests.push(request);
    const interference = sandbox.interfere(request);
    if (interference === 'cut_before') return void incoming.socket.destroy();
    if (typeof interference === 'object') return void response.writeHead(interference.status).end(interference.body);
    const handler = routes.find(([pattern]) => pattern.test(request.path))?.[1];
    const answer =
      handler === undefined ? { statusCode: 404, body: '{"message":"Not Found"}' } : await handler(eventOf(request));
    if (interference === 'cut_after') return void incoming.socket.destroy();
    if (interference === undefined) return send(response, answer);
    const instead = interference({ status: answer.statusCode ?? 200, body: answer.body ?? '' }, response);
    if (instead !== undefined) response.writeHead(instead.status).end(instead.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bookOf = async <Entry>(kind: string): Promise<Entry[]> => {
    const { Items = [] } = await store.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    return Items.map((item) => unmarshall(item))
      .filter((item) => item.pk.startsWith(`${kind}#`) && item.sk === 'book')
      .map((item) => item as Entry);
  };
  return Object.assign(sandbox, {
    endpoint,
    table,
    requests,
    payments: () => bookOf<Payment>('payment'),
    parcels: () => bookOf<Parcel>('shipment'),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

async function read(incoming: IncomingMessage): Promise<SentRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** The request as an event of API Gateway (payload format 2.0). */
function eventOf({ method, path, headers, body }: SentRequest): APIGatewayProxyEventV2 {
  const url = new URL(path, 'http://sandbox');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: headers as Record<string, string>,
    queryStringParameters: Object.fromEntries(url.searchParams),
    pathParameters: { file: url.pathname.split('/').at(-1) ?? '' },
    requestContext: {
      domainName: 'sandbox.test',
      requestId: 'test-request',
      http: { method, path: url.pathname, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
    },
    body,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
}

function send(
  response: ServerResponse,
  { statusCode, headers, body, isBase64Encoded }: APIGatewayProxyStructuredResultV2,
) {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  response.writeHead(
    statusCode ?? 200,
    Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])),
  );
  response.end(bytes);
}
