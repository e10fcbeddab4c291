import { Readable } from 'node:stream';
import type { DynamoDBClientResolvedConfig, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import type { HttpRequest, HttpResponse, RetryStrategyV2 } from '@smithy/types';
import { addSeconds, systemClock } from '../kernel/time.ts';

/** The outcome of a request: an answer whose body has been read, or an error. */
export interface Outcome {
  readonly response?: HttpResponse;
  /** Absent when the answer is an error, or is not plain JSON. */
  readonly output?: ServiceOutputTypes;
  readonly error?: unknown;
}

/** Sends a request with this body, once. Never rejects. */
export type Route = (body: string) => Promise<Outcome>;

/**
 * What only the SDK can write and read: a binary value or a set of them, which are base64 on the wire, and an ARN in place of a
 * table's name, which may have an endpoint of its own. Within the text of a string the quotes are escaped.
 */
const needsSdk = /"BS?":|"arn:/;

/** Headers that belong to the request and the invocation for which they were made. */
const ofOneRequest = /^(content-length|x-amzn-trace-id)$/i;

/** The input as it goes over the wire; undefined where only the SDK can write it. */
export function bodyOf(input: object): string | undefined {
  const body = JSON.stringify(input);
  return needsSdk.test(body) ? undefined : body;
}

/**
 * The way of one kind of command, as the SDK has gone it once: the same endpoint and headers, the client's own signer, clock
 * offset and HTTP handler.
 *
 * @param noted as the SDK has built it, before it was signed
 */
export async function routeOf(config: DynamoDBClientResolvedConfig, noted: HttpRequest): Promise<Route> {
  const kept = Object.fromEntries(Object.entries(noted.headers).filter(([name]) => !ofOneRequest.test(name)));
  const signer = await config.signer();
  const strategy = (await config.retryStrategy()) as RetryStrategyV2;
  const token = await strategy.acquireInitialRetryToken('');
  return async (body) => {
    const headers = { ...kept, 'content-length': String(Buffer.byteLength(body)) };
    const signingDate = addSeconds(systemClock(), config.systemClockOffset / 1_000);
    try {
      const request = await signer.sign({ ...noted, headers, body }, { signingDate });
      const { response } = await config.requestHandler.handle(request);
      response.body = await config.streamCollector(response.body).catch(brokenOff);
      const output = outputOf(response);
      // The strategy limits retries by a budget. Each success adds to it, as a success through the SDK does.
      if (output !== undefined) strategy.recordSuccess(token);
      return { response, ...(output && { output }) };
    } catch (error) {
      return { error };
    }
  };
}

function outputOf({ statusCode, headers, body }: HttpResponse): ServiceOutputTypes | undefined {
  if (statusCode !== 200 || !(body instanceof Uint8Array)) return undefined;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  if (needsSdk.test(text)) return undefined;
  try {
    const output = JSON.parse(text) as ServiceOutputTypes;
    const requestId = headers['x-amzn-requestid'];
    return Object.assign(output, { $metadata: { httpStatusCode: 200, requestId, attempts: 1, totalRetryDelay: 0 } });
  } catch {
    return undefined;
  }
}

/** Stands for a body whose reading failed: the SDK, which reads it next, meets the same error. */
function brokenOff(error: Error): Readable {
  return new Readable({
    read() {
      this.destroy(error);
    },
  });
}
