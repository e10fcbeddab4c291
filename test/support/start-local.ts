import type { Local } from '../../local/local.ts';
import type { LocalOptions } from '../../local/options.ts';
import { startLocal as start } from '../../local/start-local.ts';

export type { Local };

/** Starts the whole app with the AWS client of this test run (vitest.config.ts), set as a deployment sets it. */
export function startLocal({ context, ...options }: LocalOptions = {}): Promise<Local> {
  const { AWS_CLIENT: awsClient } = process.env;
  return start({ ...options, context: { ...(awsClient === 'sdk' && { awsClient }), ...context } });
}
