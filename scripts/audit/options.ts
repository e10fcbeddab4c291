import { parseArgs } from 'node:util';

export interface AuditOptions {
  readonly table: string;
  readonly orders: string | undefined;
  readonly views: string | undefined;
  /** Base URL of the local instance whose data is audited; undefined for a store that is named, or AWS. */
  readonly url: string | undefined;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly minutes: number;
  readonly json: boolean;
  readonly help: boolean;
}

export const auditUsage = `npm run audit -- [options]

Proves that the stock balances: every shard in itself, against its reservations, the ledger and the orders. Reads only.
Without options: the data of the instance that npm start runs. Ends with 0 when it balances, 1 when it does not or
could not be read to its end, 2 when there was nothing to read.

  --url URL          the local instance (default http://localhost:4000)
  --table NAME       the Inventory table of a deployed stage, with the credentials of the environment
  --orders NAME      its Orders table, and
  --views NAME       its OrderViews table; without them only the inventory in itself is audited
  --region REGION    of the tables (default: the environment's)
  --endpoint URL     of another store than AWS
  --minutes N        reads no further page after so long (default 60)
  --json             prints the findings as JSON
  --help             this text
`;

const localUrl = 'http://localhost:4000';

/** @throws Error that says which option is wrong. */
export function readAuditOptions(args: readonly string[]): AuditOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ url: text, table: text, orders: text, views: text, region: text, endpoint: text },
      minutes: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { url, table, orders, views, endpoint, region, json, help } = values;
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error('--minutes must be a number above 0');
  if ((orders === undefined) !== (views === undefined)) throw new Error('--orders and --views go together');
  const common = { endpoint, region, minutes, json, help };
  if (table !== undefined) {
    if (url !== undefined) throw new Error('--url is a local instance, --table a deployed table: one of them');
    return { ...common, url: undefined, table, orders, views };
  }
  if (orders !== undefined || endpoint !== undefined) throw new Error('--table is missing');
  return { ...common, url: url ?? localUrl, table: 'Inventory', orders: 'Orders', views: 'OrderViews' };
}
