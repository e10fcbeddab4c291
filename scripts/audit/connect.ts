import { awsUrlOf, localRegion, operator } from '../local-instance.ts';
import type { AuditOptions } from './options.ts';

/**
 * Sets the environment variables that give AWS clients their endpoint.
 *
 * @throws Error when the local instance does not answer.
 */
export async function connect({ url, endpoint, region }: AuditOptions): Promise<void> {
  if (region !== undefined) process.env.AWS_REGION = region;
  if (endpoint !== undefined) process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  if (url === undefined) return;
  process.env.AWS_ENDPOINT_URL_DYNAMODB = await awsUrlOf(url);
  process.env.AWS_REGION ??= localRegion;
  process.env.AWS_ACCESS_KEY_ID = operator.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = operator.secretAccessKey;
}
