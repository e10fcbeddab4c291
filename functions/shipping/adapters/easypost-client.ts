import type { Agent, IncomingMessage } from 'node:http';
import { readJson } from '../../shared/json.ts';
import { idleBeforeOnceMs, keptConnections } from '../../shared/kept-connections.ts';
import { ConfigurationFault, TransientFault } from '../../shared/kernel/faults.ts';
import type { SecretStore } from '../../shared/secret-store.ts';
import { keptErrorDetails } from './easypost-faults.ts';
import { EasyPost } from './easypost-sdk.ts';

/**
 * Time from the start of a request to the last byte of its answer, in ms: for a GET, and for a request with an effect. The
 * slowest step, a purchase followed by one GET, ends within the 25 s after which its function is stopped. Rating gets as
 * long as a purchase: a request that is cut off may have taken effect, and the next run has to repeat it.
 */
export const readTimeoutMs = 5_000;
export const effectTimeoutMs = 18_000;

/** Statuses of EasyPost's answers to requests that succeed. */
const successes: ReadonlySet<number> = new Set([200, 201]);

type ParsedBody = (error: Error | null, body?: unknown) => void;

/** What is configured of a request of superagent, the SDK's HTTP client. The package has no types. */
interface SuperagentRequest {
  readonly method: string;
  agent(agent: Agent): this;
  timeout(ms: number): this;
  redirects(limit: number): this;
  retry(limit: number, shouldRetry: (error: { readonly code?: string } | null) => boolean): this;
  buffer(whole: boolean): this;
  parse(read: (response: IncomingMessage, parsed: ParsedBody) => void): this;
}

/**
 * Connects to EasyPost.
 *
 * @param endpoint base URL of the gateway; empty for EasyPost's own.
 * @returns the client for the API key that the secret holds at present. The same client is reused until the key changes.
 * @throws ConfigurationFault when the secret has no API key.
 */
export function easypostClient(endpoint: string, secret: SecretStore): () => Promise<EasyPost> {
  const agent = keptConnections(endpoint === '' ? 'https:' : new URL(endpoint).protocol, idleBeforeOnceMs);
  const options = {
    requestMiddleware: (request: SuperagentRequest) => configure(request, agent),
    ...(endpoint === '' ? {} : { baseUrl: `${endpoint.replace(/\/+$/, '')}/v2/` }),
  };
  let current: { readonly apiKey: string; readonly easypost: EasyPost } | undefined;
  return async () => {
    const { apiKey } = await secret.read();
    if (apiKey === '') throw new ConfigurationFault('the secret of the carrier gateway has no apiKey yet');
    if (current?.apiKey !== apiKey) current = { apiKey, easypost: new EasyPost(apiKey, options) };
    return current.easypost;
  };
}

/** Sets what the SDK leaves open. Its own option `timeout` is stored but never applied to a request (8.9.0). */
function configure(request: SuperagentRequest, agent: Agent): SuperagentRequest {
  const isRead = request.method === 'GET';
  request
    .agent(agent)
    .timeout(isRead ? readTimeoutMs : effectTimeoutMs)
    // Following a redirect would send a request with an effect again, or turn it into a GET.
    .redirects(0)
    .buffer(true)
    .parse(readAnswer);
  // A kept connection may have been closed while the function was frozen. Only a GET is safe to repeat without a key.
  return isRead ? request.retry(1, (error) => error?.code === 'ECONNRESET') : request;
}

/**
 * Reads an answer, whatever its content type says. The SDK builds its error from the body of an answer outside 2xx and fails
 * on any shape but EasyPost's own, such as a proxy's page; so it receives that shape always. An answer with another 2xx status
 * than EasyPost's, or without a JSON object, is not EasyPost's either: whether the request took effect is unknown.
 */
function readAnswer(response: IncomingMessage, parsed: ParsedBody): void {
  const status = response.statusCode ?? 0;
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('end', () => {
    const body = readJson(text);
    if (status < 200 || status >= 300) parsed(null, { error: keptErrorDetails(status, body) });
    else if (successes.has(status) && typeof body === 'object' && body !== null) parsed(null, body);
    else parsed(new TransientFault(`carrier gateway: unreadable answer (${status})`));
  });
}
