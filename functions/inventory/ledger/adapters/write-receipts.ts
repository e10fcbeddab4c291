import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { transact } from '../../../shared/conditional-writes.ts';
import { lineUpdate } from '../../backorders/adapters/backorder-items.ts';
import { countersFrom, planItemOf, receiptFrom, receiptItemOf } from '../../reservations/adapters/items.ts';
import type { StockTableOptions } from '../../sharding/adapters/dynamodb-stock-table.ts';
import { received, shardUpdate } from '../../sharding/adapters/shard-updates.ts';
import type { Booking, BookOutcome } from '../../sharding/commands/stock-table.ts';
import type { SkuPlan } from '../../sharding/domain/shard-plan.ts';

const receiptPosition = 0;

/** The receipt's record makes it happen once; the shards and, for a new SKU or location, the plan come with it. */
export async function bookReceipt({ client, table }: StockTableOptions, booking: Booking): Promise<BookOutcome> {
  const { receipt, at, pieces, plan, line } = booking;
  const { location, sku } = receipt;
  const record: TransactWriteItem = {
    Put: {
      TableName: table,
      Item: receiptItemOf(receipt, at),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const shards = pieces.map(({ shard }) => ({ location, sku, shard }));
  const credits = pieces.map(({ shard, quantity, ifAvailable }) => {
    const credit = received({ location, sku, shard }, quantity);
    return { Update: shardUpdate(table, { ...credit, ...(ifAvailable !== undefined && { ifAvailable }) }) };
  });
  const plans = plan === undefined ? [] : [{ Put: planPut(table, plan) }];
  const waiting = line === undefined ? [] : [{ Update: lineUpdate(table, { sku, revision: line }, 0) }];
  const result = await transact(client, [record, ...credits, ...plans, ...waiting]);
  if (result.outcome === 'done') return { outcome: 'booked' };
  if (result.outcome === 'contended') return result;
  const existing = result.found.get(receiptPosition);
  if (existing !== undefined) return { outcome: 'exists', receipt: receiptFrom(existing) };
  const closed = shards.flatMap((shard, index) => {
    const position = receiptPosition + 1 + index;
    return result.found.has(position) ? countersFrom(shard, result.found.get(position)) : [];
  });
  return closed.length > 0 ? { outcome: 'closed', shards: closed } : { outcome: 'plan-changed' };
}

/** Over the revision before it, and over nothing if it is the first. */
export function planPut(table: string, plan: SkuPlan) {
  const before = plan.revision - 1;
  return {
    TableName: table,
    Item: planItemOf(plan),
    ...(before === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'rev = :before', ExpressionAttributeValues: { ':before': { N: String(before) } } }),
  };
}
