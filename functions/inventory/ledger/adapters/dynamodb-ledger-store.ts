import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { transact } from '../../../shared/conditional-writes.ts';
import { noRecords, readRecords, type TableAccess } from '../../../shared/table-access.ts';
import { queueUpdate } from '../../backorders/index.ts';
import {
  countersFrom,
  planCheck,
  planPut,
  planRecords,
  received,
  type ShardChange,
  shardCheck,
  shardUpdate,
} from '../../sharding/index.ts';
import type { BookOutcome, LedgerStore, PostOutcome } from '../commands/ledger-store.ts';
import type { Booking, Posting } from '../domain/ledger-record.ts';
import { ledgerItemOf, ledgerRecord, ledgerRecordFrom, receiptFrom, receiptItemOf } from './ledger-item.ts';

export function dynamodbLedgerStore(access: TableAccess): LedgerStore {
  return {
    async planAndRecord(sku, entry) {
      const record = entry === undefined ? noRecords : ledgerRecord(entry.kind, entry.id);
      const found = await readRecords(access, { plans: planRecords([sku]), record }, 'strong');
      return { plan: found.plans.get(sku), record: found.record };
    },
    post: (posting) => postUnits(access, posting),
    book: (booking) => bookUnits(access, booking),
  };
}

/**
 * Uses two write units for each of the record, the shards and the plan. The condition on the record prevents a second
 * posting.
 */
async function postUnits(
  { client, table, pace }: TableAccess,
  { sku, record, changes, plan }: Posting,
): Promise<PostOutcome> {
  const records: TransactWriteItem[] =
    record === undefined
      ? []
      : [
          {
            Put: {
              TableName: table,
              Item: ledgerItemOf(record),
              ConditionExpression: 'attribute_not_exists(pk)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ];
  const shards = changes.map((change) => shardAction(table, change));
  const plans =
    plan === undefined ? [] : ['write' in plan ? planPut(table, plan.write) : planCheck(table, sku, plan.require)];
  const result = await transact({ client, pace }, [...records, ...shards, ...plans]);
  if (result.outcome === 'done') return { outcome: 'posted' };
  if (result.outcome === 'contended') return { outcome: 'contended' };
  const existing = record && result.found.get(0);
  return existing === undefined ? { outcome: 'changed' } : { outcome: 'repeated', record: ledgerRecordFrom(existing) };
}

function shardAction(table: string, change: ShardChange): TransactWriteItem {
  const { location, sku, shard, in: units = 0, out = 0, ifAvailable, ifUntouched } = change;
  const id = { location, sku, shard };
  if (units === 0 && out === 0) {
    if (ifUntouched === undefined)
      throw new Error(`the change of shard ${location}#${sku}#${shard} has neither units nor a condition`);
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

const receiptPosition = 0;

/**
 * Writes the receipt, its shards and, for a new SKU or location, the plan. The condition on the receipt prevents a
 * second booking.
 */
async function bookUnits({ client, table, pace }: TableAccess, booking: Booking): Promise<BookOutcome> {
  const { receipt, parts, plan, queue } = booking;
  const { location, sku } = receipt;
  const record: TransactWriteItem = {
    Put: {
      TableName: table,
      Item: receiptItemOf(booking),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const shards = parts.map(({ shard }) => ({ location, sku, shard }));
  const credits = parts.map(({ shard, quantity, ifAvailable }) => {
    const credit = received({ location, sku, shard }, quantity);
    return { Update: shardUpdate(table, { ...credit, ...(ifAvailable !== undefined && { ifAvailable }) }) };
  });
  const plans = plan === undefined ? [] : [planPut(table, plan)];
  const queues = queue === undefined ? [] : [{ Update: queueUpdate(table, { sku, revision: queue }, 0) }];
  const result = await transact({ client, pace }, [record, ...credits, ...plans, ...queues]);
  if (result.outcome === 'done') return { outcome: 'booked' };
  if (result.outcome === 'contended') return { outcome: 'contended' };
  const existing = result.found.get(receiptPosition);
  if (existing !== undefined) return { outcome: 'exists', receipt: receiptFrom(existing) };
  const closed = shards.flatMap((shard, index) => {
    const position = receiptPosition + 1 + index;
    return result.found.has(position) ? countersFrom(shard, result.found.get(position)) : [];
  });
  return closed.length > 0 ? { outcome: 'closed', shards: closed } : { outcome: 'plan-changed' };
}
