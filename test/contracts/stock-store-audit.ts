import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

interface Shard {
  pk: string;
  av: number;
  rs: number;
  sh: number;
  rc: number;
  xi: number;
  xo: number;
}

export interface ReservationRecord {
  pk: string;
  st: 'HELD' | 'CONFIRMED' | 'RELEASED' | 'EXPIRED' | 'VOID';
  /** Absent where the record only holds voided nonces. */
  parts?: { sku: string; loc: string; k: number; q: number; ship?: string; n?: string; d?: boolean }[];
}

export interface Books {
  readonly shards: Shard[];
  readonly reservations: ReservationRecord[];
  readonly receipts: { sku: string; location: string; quantity: number }[];
  /** Adjustments, counts and moves. */
  readonly entries: (
    | { kind: 'adjustment'; sku: string; location: string; quantity: number }
    | { kind: 'count'; sku: string; location: string; delta: number }
    | { kind: 'move'; sku: string; from: string; to: string; quantity: number }
  )[];
}

/** Everything in the table, as stored. This check uses no code of the store. */
export async function readBooks(client: DynamoDBClient, table: string): Promise<Books> {
  const items: Record<string, unknown>[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return booksOf(items);
}

/** The books in the items of a store. */
export function booksOf(items: readonly Readonly<Record<string, unknown>>[]): Books {
  const kind = (prefix: string) => items.filter((item) => String(item.pk).startsWith(prefix));
  return {
    shards: kind('I#') as unknown as Shard[],
    reservations: kind('R#') as unknown as ReservationRecord[],
    receipts: kind('C#receipt#') as unknown as Books['receipts'],
    entries: ['adjustment', 'count', 'move'].flatMap((each) => kind(`C#${each}#`)) as unknown as Books['entries'],
  };
}

/** All defects of the books, in words. Empty when they balance. */
export function audit({ shards, reservations, receipts }: Omit<Books, 'entries'>): string[] {
  const wrong: string[] = [];
  const live = new Map<string, number>();
  const shipped = new Map<string, number>();
  const add = (sums: Map<string, number>, key: string, units: number) => sums.set(key, (sums.get(key) ?? 0) + units);
  for (const { st, parts = [] } of reservations) {
    for (const { loc, sku, k, q, ship, d } of parts) {
      if (ship !== undefined) add(shipped, `I#${loc}#${sku}#${k}`, q);
      else if (d || st === 'HELD' || st === 'CONFIRMED') add(live, `I#${loc}#${sku}#${k}`, q);
    }
  }
  const received = new Map<string, number>();
  for (const { sku, location, quantity } of receipts) add(received, `I#${location}#${sku}`, quantity);
  for (const { pk, av, rs, sh, rc, xi, xo } of shards) {
    if (rc + xi - xo !== av + rs + sh) wrong.push(`${pk}: ${rc} + ${xi} - ${xo} is not ${av} + ${rs} + ${sh}`);
    if (Math.min(av, rs, sh) < 0) wrong.push(`${pk}: below zero: ${av}, ${rs}, ${sh}`);
    if (rs !== (live.get(pk) ?? 0)) wrong.push(`${pk}: ${rs} reserved, orders hold ${live.get(pk) ?? 0}`);
    if (sh !== (shipped.get(pk) ?? 0)) wrong.push(`${pk}: ${sh} shipped, shipments hold ${shipped.get(pk) ?? 0}`);
    add(received, pk.replace(/#[^#]+$/, ''), -rc);
  }
  for (const [place, units] of received)
    if (units !== 0) wrong.push(`${place}: ${units} units received are in no shard`);
  return wrong;
}

/** The locations where units moved in and out, apart from receipts and sales, differ from the ledger. */
export function ledgerContradictions({ shards, entries }: Books): string[] {
  const balance = new Map<string, number>();
  const add = (location: string, sku: string, units: number) => {
    const place = `I#${location}#${sku}`;
    balance.set(place, (balance.get(place) ?? 0) + units);
  };
  for (const entry of entries) {
    if (entry.kind === 'adjustment') add(entry.location, entry.sku, entry.quantity);
    else if (entry.kind === 'count') add(entry.location, entry.sku, entry.delta);
    else {
      add(entry.from, entry.sku, -entry.quantity);
      add(entry.to, entry.sku, entry.quantity);
    }
  }
  for (const { pk, xi, xo } of shards) {
    const [, location = '', sku = ''] = pk.split('#');
    add(location, sku, xo - xi);
  }
  return [...balance].flatMap(([place, units]) =>
    units === 0 ? [] : [`${place}: the ledger says ${units} units more than the shards`],
  );
}

export function unitsIn({ shards }: Pick<Books, 'shards'>, column: 'av' | 'rs' | 'sh' | 'rc', sku?: string): number {
  return shards
    .filter(({ pk }) => sku === undefined || pk.split('#')[2] === sku)
    .reduce((sum, shard) => sum + shard[column], 0);
}
