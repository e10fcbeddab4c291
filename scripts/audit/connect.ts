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
  const answer = await fetch(`${url.replace(/\/$/, '')}/_local/health`).catch(() => undefined);
  if (!answer?.ok)
    throw new Error(`no instance answers at ${url}: start one with npm start, or give a deployed table with --table`);
  const { awsUrl } = (await answer.json()) as { readonly awsUrl: string };
  process.env.AWS_ENDPOINT_URL_DYNAMODB = awsUrl;
  process.env.AWS_REGION ??= 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'operator';
  process.env.AWS_SECRET_ACCESS_KEY = 'operator';
}
