import Stripe from 'stripe';
import { idleBeforeOnceMs, keptConnections } from '../../shared/kept-connections.ts';
import { ConfigurationFault } from '../../shared/kernel/faults.ts';
import type { SecretStore } from '../../shared/secret-store.ts';
import { readAnswer } from './stripe-checks.ts';

/**
 * Longest time without a byte from the gateway, in ms: for authorizations and captures, which wait for a bank, and for all
 * others. The usual sequences end within the 25 s after which the function is stopped: retrieve, capture, retrieve takes 20 s
 * at most, and a void of one payment (cancel, refund, list of refunds, search) 14 s. Two sequences can take longer: a capture
 * whose key was used before with other parameters, which is sent again under a second key (up to 36.5 s), and a void of more
 * than two payments that were captured. The function is then stopped and its step runs again, which is safe: the keys and the
 * state of the payment show what was done.
 */
export const moneyTimeoutMs = 13_000;
export const timeoutMs = 3_500;

/**
 * Connects to Stripe.
 *
 * @param endpoint base URL of the gateway; empty for Stripe's own.
 * @returns the client for the API key that the secret holds at present. The same client is reused until the key changes.
 * @throws ConfigurationFault when the secret has no API key.
 */
export function stripeClient(endpoint: string, secret: SecretStore): () => Promise<Stripe> {
  const address = endpoint === '' ? undefined : new URL(endpoint);
  const httpClient = keptAliveClient(address);
  let current: { readonly apiKey: string; readonly stripe: Stripe } | undefined;
  return async () => {
    const { apiKey } = await secret.read();
    if (apiKey === '') throw new ConfigurationFault('the secret of the payment gateway has no apiKey yet');
    if (current?.apiKey !== apiKey) {
      const stripe = new Stripe(apiKey, {
        ...(address === undefined ? {} : addressOptions(address)),
        httpClient,
        timeout: timeoutMs,
        // The state machines retry. Retries here would multiply theirs.
        maxNetworkRetries: 0,
        telemetry: false,
      });
      current = { apiKey, stripe };
    }
    return current.stripe;
  };
}

function addressOptions({ protocol, hostname, port }: URL) {
  const plain = protocol === 'http:';
  return {
    host: hostname,
    port: port === '' ? (plain ? 80 : 443) : Number(port),
    protocol: plain ? ('http' as const) : ('https' as const),
  };
}

/**
 * An HTTP client that keeps connections open and gives the SDK Stripe's own answers only. Node's client takes 0.3 ms of CPU
 * time a request, fetch 0.7 ms.
 */
function keptAliveClient(address: URL | undefined) {
  const agent = keptConnections(address?.protocol ?? 'https:', idleBeforeOnceMs);
  const client = Stripe.createNodeHttpClient(agent);
  // The SDK's paths start at the root. A gateway behind a stage or a proxy has a path in front of them.
  const prefix = (address?.pathname ?? '/').replace(/\/+$/, '');
  const makeRequest = client.makeRequest.bind(client);
  client.makeRequest = async (host, port, path, ...rest) => {
    const response = await makeRequest(host, port, prefix + path, ...rest);
    const readBody = response.toJSON.bind(response);
    response.toJSON = async () => readAnswer(response.getStatusCode(), await readBody());
    return response;
  };
  return client;
}
