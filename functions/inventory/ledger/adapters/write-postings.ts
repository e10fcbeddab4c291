import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { transact } from '../../../shared/conditional-writes.ts';
import { ledgerItemOf, ledgerRecordFrom } from '../../reservations/adapters/items.ts';
import type { StockTableOptions } from '../../sharding/adapters/dynamodb-stock-table.ts';
import { planKey } from '../../sharding/adapters/keys.ts';
import { shardCheck, shardUpdate } from '../../sharding/adapters/shard-updates.ts';
import type { Posting, PostOutcome, ShardChange } from '../../sharding/commands/stock-table.ts';
import { planPut } from './write-receipts.ts';

/** Two write units for the record, for each shard and for the plan. The record makes it happen once. */
export async function postUnits({ client, table }: StockTableOptions, posting: Posting): Promise<PostOutcome> {
  const { record, changes } = posting;
  const records: TransactWriteItem[] = record === undefined ? [] : [{ Put: ledgerPut(table, record) }];
  const shards = changes.map((change) => shardAction(table, change));
  const result = await transact(client, [...records, ...shards, ...planActions(table, posting)]);
  if (result.outcome === 'done') return { outcome: 'posted' };
  if (result.outcome === 'contended') return result;
  const existing = record && result.found.get(0);
  return existing === undefined ? { outcome: 'changed' } : { outcome: 'repeated', record: ledgerRecordFrom(existing) };
}

/** A record of the ledger, unless there is one of its kind and id. */
export function ledgerPut(table: string, record: Parameters<typeof ledgerItemOf>[0]) {
  return {
    TableName: table,
    Item: ledgerItemOf(record),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

function shardAction(table: string, change: ShardChange): TransactWriteItem {
  const { location, sku, shard, in: units = 0, out = 0, ifAvailable, ifUntouched } = change;
  const id = { location, sku, shard };
  if (units === 0 && out === 0) {
    if (ifUntouched === undefined) throw new Error(`a change of nothing in ${location}#${sku}#${shard}`);
    return { ConditionCheck: shardCheck(table, id, ifUntouched) };
  }
  const conditions = {
    ...(ifAvailable !== undefined && { ifAvailable }),
    ...(ifUntouched !== undefined && { ifUntouched }),
  };
  const write =
    units > 0
      ? { add: { av: units, xi: units, v: 1 }, mayBeNew: true, whileOpen: true }
      : { add: { av: -out, xo: out } };
  return { Update: shardUpdate(table, { shard: id, ...write, ...conditions }) };
}

function planActions(table: string, { sku, plan }: Posting): TransactWriteItem[] {
  if (plan === undefined) return [];
  if ('write' in plan) return [{ Put: planPut(table, plan.write) }];
  const none = { ConditionExpression: 'attribute_not_exists(pk)' };
  const same = {
    ConditionExpression: 'rev = :rev',
    ExpressionAttributeValues: { ':rev': { N: String(plan.require) } },
  };
  return [
    { ConditionCheck: { TableName: table, Key: { pk: { S: planKey(sku) } }, ...(plan.require === 0 ? none : same) } },
  ];
}
