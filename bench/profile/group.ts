import type { Frame } from './cpu-profile.ts';

/** Groups by path of the source, relative to the repository; the first match counts. */
const groups: readonly (readonly [group: string, pattern: RegExp])[] = [
  ['AWS SDK', /node_modules\/(@aws-sdk|@smithy|@aws-crypto|@aws\/)/],
  ['gateway SDKs', /node_modules\/(stripe|@easypost|axios|superagent|form-data|qs)\//],
  ['zod', /node_modules\/zod\//],
  ['powertools, middy', /node_modules\/(@aws-lambda-powertools|@middy|@aws-lambda)/],
  ['Step Functions engine', /node_modules\/(aws-local-stepfunctions|jsonpath|asl-)/],
  ['other packages', /node_modules\//],
  ['functions', /^(functions|events|api)\//],
  ['runner', /^local\//],
  ['benchmark', /^bench\//],
  ['bundles without a map', /\.mjs$/],
  ['Node', /^node:/],
];

const engine: Readonly<Record<string, string>> = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'native code and system calls',
  '(idle)': 'idle',
  '(root)': 'idle',
  parse: 'JSON',
  stringify: 'JSON',
};

/** The group of a frame. Idle time is a group, so that it can be left out. */
export function groupOf({ functionName, url }: Frame): string {
  if (url === '') return engine[functionName] ?? 'native functions';
  return groups.find(([, pattern]) => pattern.test(url))?.[0] ?? 'other';
}
