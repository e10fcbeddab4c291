import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import type { SecretStore } from '../../shared/secret-store.ts';

/**
 * Longest silence of the gateway, in ms: for moving money, where a bank is asked, and for anything else. The longest of
 * our methods (search, cancel, refund; or look and capture) ends within the 25 s that its function has.
 */
export const moneyTimeoutMs = 15_000;
const timeoutMs = 7_000;

/**
 * A client for the key that the secret holds now; the same one as long as the key is.
 *
 * @param endpoint base URL of the gateway, or empty for Stripe's own.
 */
export function stripeClient(endpoint: string, secret: SecretStore): () => Promise<Stripe> {
  const address = endpoint === '' ? undefined : new URL(endpoint);
  const httpClient = keptAliveClient(address);
  let current: { readonly apiKey: string; readonly stripe: Stripe } | undefined;
  return async () => {
    const { apiKey } = await secret.read();
    if (apiKey === '') throw new Error('the secret of the payment gateway has no apiKey yet');
    if (current?.apiKey !== apiKey) {
      const stripe = new Stripe(apiKey, {
        ...(address === undefined ? {} : addressOptions(address)),
        httpClient,
        timeout: timeoutMs,
        // The state machines retry; a second layer of retries would multiply theirs.
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

/** Node's own client costs 0.3 ms of processor time a call, fetch 0.7. */
function keptAliveClient(address: URL | undefined) {
  const agent =
    address?.protocol === 'http:' ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
  const client = Stripe.createNodeHttpClient(agent);
  const prefix = (address?.pathname ?? '/').replace(/\/+$/, '');
  if (prefix === '') return client;
  // The SDK's paths start at the root; a gateway behind a stage or a proxy does not.
  const makeRequest = client.makeRequest.bind(client);
  client.makeRequest = (host, port, path, ...rest) => makeRequest(host, port, prefix + path, ...rest);
  return client;
}
