import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { JournalEntry, ShardChange, Transfer } from '../domain/shard.ts';
import type { ShardId } from '../domain/shard-plan.ts';
import { entryPrefix, shardKey } from './shard-item.ts';

/**
 * The columns of a shard: `av` available, `rs` reserved, `sh` shipped, `rc` received, `xi` and `xo` moved in and out,
 * `v` the number of credits. Every write keeps rc + xi - xo = av + rs + sh, and its conditions keep every column at
 * zero or above.
 */
const columns = ['av', 'rs', 'sh', 'rc', 'xi', 'xo', 'v'] as const;
type Column = (typeof columns)[number];

/** One write of a shard, and its conditions. */
export interface ShardWrite {
  readonly shard: ShardId;
  /** Changes of columns. Condition: a column that shrinks has at least that much. */
  readonly add: Partial<Record<Column, number>>;
  /** True when the shard may not exist yet: the write then creates it, with every column. */
  readonly mayBeNew?: boolean;
  /** Condition: the shard is open. */
  readonly whileOpen?: boolean;
  readonly ifAvailable?: number;
  readonly ifUntouched?: ShardChange['ifUntouched'];
  readonly newEntry?: JournalEntry;
  /** The nonce of an entry that leaves the journal. Condition: the entry is there. */
  readonly oldEntry?: string;
  /** Nonces of entries that leave the journal if they are there. */
  readonly drops?: readonly string[];
  readonly close?: number;
  readonly reopen?: boolean;
}

/** Moves units from available to reserved. */
export const debited = (shard: ShardId, quantity: number): ShardWrite => ({
  shard,
  add: { av: -quantity, rs: quantity },
  whileOpen: true,
});

/** The debits of a transaction, in the order of `units`. */
export function debitUpdates(table: string, units: readonly (ShardId & { readonly quantity: number })[]) {
  return units.map(({ location, sku, shard, quantity }) => ({
    Update: shardUpdate(table, debited({ location, sku, shard }, quantity)),
  }));
}

/** Adds received units for sale. */
export const received = (shard: ShardId, quantity: number): ShardWrite => ({
  shard,
  add: { av: quantity, rc: quantity, v: 1 },
  mayBeNew: true,
  whileOpen: true,
});

/** The writes of a transfer, to be made in one transaction. */
export function moved({ from, to, quantity, ifAvailable, close }: Transfer): ShardWrite[] {
  const writes: ShardWrite[] = [
    {
      shard: from,
      add: quantity === 0 ? {} : { av: -quantity, xo: quantity },
      // Closing a shard that does not exist creates it closed.
      mayBeNew: quantity === 0,
      ...(ifAvailable !== undefined && { ifAvailable }),
      ...(close === undefined ? { whileOpen: true } : { close }),
    },
  ];
  if (to !== undefined && quantity > 0) {
    writes.push({ shard: to, add: { av: quantity, xi: quantity, v: 1 }, mayBeNew: true, whileOpen: true });
  }
  return writes;
}

/**
 * The parameters of an UpdateItem, alone or in a transaction. When a condition fails, the store returns the shard as it
 * was, at no cost.
 */
export function shardUpdate(table: string, write: ShardWrite) {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const number = (value: number) => {
    const name = `:${value < 0 ? 'm' : 'p'}${Math.abs(value)}`;
    values[name] = { N: String(value) };
    return name;
  };
  const entry = (nonce: string) => {
    const name = `#${nonce}`;
    names[name] = entryPrefix + nonce;
    return name;
  };
  const { add, newEntry, oldEntry, drops = [], close, reopen } = write;

  const set = columns.flatMap((column) => {
    const units = add[column] ?? 0;
    if (write.mayBeNew) return `${column} = if_not_exists(${column}, ${number(0)}) + ${number(units)}`;
    return units === 0 ? [] : `${column} = ${column} + ${number(units)}`;
  });
  if (newEntry !== undefined) {
    const { nonce, orderId, quantity, at } = newEntry;
    values[':entry'] = { M: marshall({ o: orderId, q: quantity, t: at }) };
    set.push(`${entry(nonce)} = :entry`);
  }
  if (close !== undefined) set.push(`cl = ${number(close)}`);
  const removed = [...drops, ...(oldEntry === undefined ? [] : [oldEntry])].map(entry);
  if (reopen) removed.push('cl');

  const only = columns.flatMap((column) => {
    const units = add[column] ?? 0;
    return units < 0 ? `${column} >= ${number(-units)}` : [];
  });
  if (write.whileOpen) only.push('attribute_not_exists(cl)');
  if (write.ifAvailable === 0) only.push(`(attribute_not_exists(av) OR av = ${number(0)})`);
  else if (write.ifAvailable !== undefined) only.push(`av = ${number(write.ifAvailable)}`);
  if (write.ifUntouched !== undefined) only.push(untouched(write.ifUntouched, number));
  if (newEntry !== undefined) only.push(`attribute_not_exists(${entry(newEntry.nonce)})`);
  if (oldEntry !== undefined) only.push(`attribute_exists(${entry(oldEntry)})`);
  // Without a condition, an update that only removes entries would create a shard without columns.
  if (only.length === 0 && !write.mayBeNew) only.push('attribute_exists(pk)');

  const clauses = [
    ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
    ...(removed.length > 0 ? [`REMOVE ${removed.join(', ')}`] : []),
  ];
  return {
    TableName: table,
    Key: { pk: { S: shardKey(write.shard) } },
    UpdateExpression: clauses.join(' '),
    ...(only.length > 0 && { ConditionExpression: only.join(' AND ') }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The parameters of a ConditionCheck that the shard is still as it was read, reservations and releases apart. */
export function shardCheck(table: string, shard: ShardId, seen: NonNullable<ShardChange['ifUntouched']>) {
  const values: Record<string, AttributeValue> = {};
  const number = (value: number) => {
    values[`:p${value}`] = { N: String(value) };
    return `:p${value}`;
  };
  return {
    TableName: table,
    Key: { pk: { S: shardKey(shard) } },
    ConditionExpression: untouched(seen, number),
    ExpressionAttributeValues: values,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The condition on the four counters. They determine the units in the shard: av + rs = rc + xi - xo - sh. */
function untouched(
  { received, movedIn, movedOut, shipped }: NonNullable<ShardChange['ifUntouched']>,
  number: (value: number) => string,
): string {
  const same = [
    `rc = ${number(received)}`,
    `xi = ${number(movedIn)}`,
    `xo = ${number(movedOut)}`,
    `sh = ${number(shipped)}`,
  ].join(' AND ');
  return received + movedIn === 0 ? `(attribute_not_exists(pk) OR (${same}))` : same;
}
