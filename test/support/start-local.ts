import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { type Local, type LocalOptions, startLocal as start } from '../../local/index.ts';

export type { Local };

/** Starts the whole app with the AWS client of this test run (vitest.config.ts), set as a deployment sets it. */
export function startLocal({ context, ...options }: LocalOptions = {}): Promise<Local> {
  const { AWS_CLIENT: awsClient, GRANT_USES: directory } = process.env;
  return start({
    ...options,
    ...(directory !== undefined && { grantUsed: recordIn(directory) }),
    context: { ...(awsClient === 'sdk' && { awsClient }), ...context },
  });
}

/** Appends each different use of a grant to a file of this thread: function, action, resource and kind of item. */
function recordIn(directory: string): NonNullable<LocalOptions['grantUsed']> {
  const file = join(directory, `${process.pid}-${threadId}.txt`);
  const known = new Set<string>();
  return (caller, action, resource, leadingKeys) => {
    const kinds = leadingKeys.map((key) => /^[^#]*#/.exec(key)?.[0] ?? '');
    for (const kind of kinds.length === 0 ? [''] : new Set(kinds)) {
      const use = [caller, action, resource.split(':').slice(5).join(':'), kind].join('\t');
      if (!known.has(use)) appendFileSync(file, `${use}\n`);
      known.add(use);
    }
  };
}
