import { localRegion, operator, urlsOf } from '../local-instance.ts';
import type { AuditOptions } from './options.ts';

/** The payment gateway of the audited stage. */
export interface GatewayAddress {
  /** Base URL; empty for the provider's own. */
  readonly endpoint: string;
  /** The secret with the gateway's key; undefined for the sandbox of a local instance. */
  readonly secretId: string | undefined;
}

/**
 * Sets the environment variables that give AWS clients their endpoint.
 *
 * @returns the payment gateway; undefined when no secret of a deployed stage is given.
 * @throws Error when the local instance does not answer.
 */
export async function connect(options: AuditOptions): Promise<GatewayAddress | undefined> {
  const { url, endpoint, region, paymentSecret, paymentEndpoint } = options;
  if (region !== undefined) process.env.AWS_REGION = region;
  if (endpoint !== undefined) process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  if (url === undefined) {
    return paymentSecret === undefined ? undefined : { endpoint: paymentEndpoint ?? '', secretId: paymentSecret };
  }
  const { awsUrl, sandboxUrl } = await urlsOf(url);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = awsUrl;
  process.env.AWS_REGION ??= localRegion;
  process.env.AWS_ACCESS_KEY_ID = operator.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = operator.secretAccessKey;
  return { endpoint: sandboxUrl, secretId: undefined };
}
