import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { transact } from '../../../shared/conditional-writes.ts';
import { planPut } from '../../ledger/adapters/write-receipts.ts';
import type { ReopenOutcome } from '../commands/stock-table.ts';
import { isHot, type ShardId, type SkuPlan } from '../domain/shard-plan.ts';
import type { StockTableOptions } from './dynamodb-stock-table.ts';
import { hotKey, planKey } from './keys.ts';
import { shardUpdate } from './shard-updates.ts';

/** Two write units for the plan and two for the list: plans change rarely, and the list must not miss any. */
export async function writePlan({ client, table }: StockTableOptions, plan: SkuPlan): Promise<'written' | 'changed'> {
  const list: TransactWriteItem = {
    Update: {
      TableName: table,
      Key: { pk: { S: hotKey } },
      UpdateExpression: `${isHot(plan) ? 'ADD' : 'DELETE'} skus :sku`,
      ExpressionAttributeValues: { ':sku': { SS: [plan.sku] } },
    },
  };
  const result = await transact(client, [{ Put: planPut(table, plan) }, list]);
  return result.outcome === 'done' ? 'written' : 'changed';
}

/** Two write units for each shard, and two to make sure of the plan. */
export async function reopenShards(
  { client, table }: StockTableOptions,
  { sku, revision }: Pick<SkuPlan, 'sku' | 'revision'>,
  shards: readonly ShardId[],
): Promise<ReopenOutcome> {
  const check: TransactWriteItem = {
    ConditionCheck: {
      TableName: table,
      Key: { pk: { S: planKey(sku) } },
      ConditionExpression: 'rev = :rev',
      ExpressionAttributeValues: { ':rev': { N: String(revision) } },
    },
  };
  const opened = shards.map((shard) => ({ Update: shardUpdate(table, { shard, add: {}, reopen: true }) }));
  const result = await transact(client, [check, ...opened]);
  return result.outcome === 'refused' ? { outcome: 'plan-changed' } : result;
}
