import '../scripts/node-version.ts';
import { parseArgs } from 'node:util';
import { DataFileError } from './data-file.ts';
import { externalStore } from './dynamodb/external-store.ts';
import type { Local } from './local.ts';
import type { LocalOptions } from './options.ts';

const USAGE = `Runs the whole of Holdfast on this machine.

  npm start -- [options]

  --port <n>         port of the API (default 4000); the sandbox takes the next one
  --region <name>    region of the resources (default: that of the stored data, or else us-east-1)
  --fresh            starts with an empty store; not possible with DYNAMODB_ENDPOINT
  --memory           keeps nothing after the end
  --verbose          shows what the functions log
  --express          runs the sagas as Express state machines
  --no-throttling    lifts the API's request limits (for benchmarks)
`;

const DEFAULT_PORT = 4000;

function readOptions(): LocalOptions {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      region: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      express: { type: 'boolean', default: false },
      'no-throttling': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port must be a port number');
  return {
    port,
    ...(values.region !== undefined && { region: values.region }),
    memory: values.memory,
    fresh: values.fresh,
    logLevel: values.verbose ? 'INFO' : 'ERROR',
    throttling: !values['no-throttling'],
    ...(values.express && { context: { sagaType: 'EXPRESS' } }),
  };
}

function welcome({ url, sandboxUrl }: Local, seeded: number, { memory }: LocalOptions): string {
  const store = externalStore();
  const data =
    (memory ? 'in memory' : '.holdfast/data') + (store ? `, except for the tables, which are at ${store}` : '');
  return `
Holdfast is running.

  API        ${url}          openapi: ${url}/openapi.json
  sandbox    ${sandboxUrl ?? 'none'}          books: ${url}/_local/sandbox/payments, /_local/sandbox/shipments
  meter      ${url}/_local/meter          failures: ${url}/_local/deadletters
  data       ${data}${seeded ? `; seeded with ${seeded} products and stock` : ''}

A customer's token ("groups":["staff"] for staff), and an order:

  TOKEN=$(curl -s ${url}/_local/token -d '{"sub":"alice"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  curl -s ${url}/orders -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -H "idempotency-key: $(date +%s)" -d '{"currency":"EUR","lines":[{"sku":"MUG-BLUE","quantity":2}],
    "shippingAddress":{"name":"Alice","line1":"Hauptstr. 1","city":"Berlin","postalCode":"10115","country":"DE"},
    "contact":{"email":"alice@example.com"},"paymentMethodId":"pm_card_visa"}'

npm run demo -- --url ${url} shows a handful of orders. Ctrl-C ends.
`;
}

async function main(): Promise<void> {
  const options = readOptions();
  console.log(
    'Holdfast is starting. That takes some ten seconds when the app has changed, or runs for the first time.',
  );
  const { startLocal } = await import('./start-local.ts');
  const { seed } = await import('./seed.ts');
  let seeded = 0;
  const prepare = async (url: string) => {
    seeded = await seed(url);
  };
  // Without its tables the system cannot answer anything; the next start continues from what is stored.
  const storeLost = () => {
    const kept = options.memory ? 'its data was in memory and is lost' : 'acknowledged writes are kept';
    console.error(`The local store has ended, and Holdfast with it. Start it again: ${kept}.`);
    process.exit(1);
  };
  const local = await startLocal({ ...options, prepare, storeLost });
  console.log(welcome(local, seeded, options));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void local.stop().then(() => process.exit(0)));
  }
}

main().catch((error: Error & { code?: string }) => {
  const isExplained = error instanceof DataFileError;
  if (error.code === 'EADDRINUSE') console.error('the port is taken: choose another one with --port');
  else console.error(isExplained ? error.message : error);
  process.exit(1);
});
