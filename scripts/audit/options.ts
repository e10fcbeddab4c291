import { parseArgs } from 'node:util';

export interface AuditOptions {
  readonly table: string;
  readonly orders: string | undefined;
  readonly views: string | undefined;
  /** Base URL of the local instance to audit; undefined for a table that is given by name. */
  readonly url: string | undefined;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** The secret with the payment gateway's key, and the gateway's base URL if it is not the provider's own. */
  readonly paymentSecret: string | undefined;
  readonly paymentEndpoint: string | undefined;
  readonly minutes: number;
  readonly json: boolean;
  readonly help: boolean;
}

export const auditUsage = `npm run audit -- [options]

Checks that the stock balances: each shard, and the shards with the reservations, the ledger and the orders; and that the
orders agree with the payment gateway on what is captured and refunded. It changes nothing. Without options it audits the
instance that npm start runs. The exit code is 0 when all agrees, 1 when it does not or the table was not read to its end,
and 2 when nothing could be read.

  --url URL          the local instance (default http://localhost:4000)
  --table NAME       the Inventory table of a deployed stage, with the credentials of the environment
  --orders NAME      the Orders table of that stage, and
  --views NAME       its OrderViews table; without them only the inventory is audited
  --payment-secret ID   the secret with the payment gateway's key; without it no payments are audited
  --payment-endpoint URL  base URL of the payment gateway (default: the provider's own)
  --region REGION    region of the tables (default: the environment's)
  --endpoint URL     endpoint of another store than AWS's
  --minutes N        time limit; no further page is read after it (default 60)
  --json             prints the findings as JSON
  --help             this text
`;

const localUrl = 'http://localhost:4000';

/** Parses the command line of `npm run audit`. @throws Error that names the wrong option. */
export function readAuditOptions(args: readonly string[]): AuditOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ url: text, table: text, orders: text, views: text, region: text, endpoint: text },
      ...{ 'payment-secret': text, 'payment-endpoint': text },
      minutes: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { url, table, orders, views, endpoint, region, json, help } = values;
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error('--minutes must be a number above 0');
  if ((orders === undefined) !== (views === undefined)) throw new Error('--orders and --views go together');
  const { 'payment-secret': paymentSecret, 'payment-endpoint': paymentEndpoint } = values;
  const common = { endpoint, region, paymentSecret, paymentEndpoint, minutes, json, help };
  if (table !== undefined) {
    if (url !== undefined)
      throw new Error('--url (a local instance) and --table (a deployed table) exclude each other');
    return { ...common, url: undefined, table, orders, views };
  }
  if (orders !== undefined || endpoint !== undefined) throw new Error('--table is missing');
  return { ...common, url: url ?? localUrl, table: 'Inventory', orders: 'Orders', views: 'OrderViews' };
}
