import { type Local, type LocalOptions, startLocal as start } from '../../local/index.ts';

export type { Local };

/** Starts the whole app with the AWS client of this test run (vitest.config.ts), set as a deployment sets it. */
export function startLocal({ context, ...options }: LocalOptions = {}): Promise<Local> {
  const { AWS_CLIENT: awsClient } = process.env;
  return start({ ...options, context: { ...(awsClient === 'sdk' && { awsClient }), ...context } });
}
