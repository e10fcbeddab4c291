import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AwsCall {
  /** `PutEvents`, `SendMessage`, … */
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
}

export type AwsAnswer = { readonly status?: number; readonly body: unknown };

/** An AWS service with the JSON protocol. The test receives every call and determines the answer. */
export interface AwsEndpoint {
  readonly url: string;
  readonly calls: AwsCall[];
  /** Sets the function that answers later calls; a call without an answer gets an empty object. */
  answer: (call: AwsCall) => AwsAnswer | undefined;
  close(): Promise<void>;
}

export async function awsEndpoint(): Promise<AwsEndpoint> {
  const calls: AwsCall[] = [];
  const endpoint: Pick<AwsEndpoint, 'answer'> = { answer: () => undefined };
  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const input = JSON.parse(await textOf(request)) as Record<string, unknown>;
    const call = { operation, input, headers: request.headers };
    calls.push(call);
    const { status = 200, body } = endpoint.answer(call) ?? { body: {} };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(endpoint, { url, calls, close });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
