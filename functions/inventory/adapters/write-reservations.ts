import { PutItemCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../../shared/kernel/time.ts';
import { type Change, type OpenReservation, perShard, type Reservation } from '../domain/reservation.ts';
import { type ShardId, shardName } from '../domain/shard-plan.ts';
import type { ChangeOutcome, HoldOutcome } from '../domain/stock-table.ts';
import { transact, writeIf } from './conditional-writes.ts';
import type { StockTableOptions } from './dynamodb-stock-table.ts';
import { countersFrom, forbiddenItem, holdItem, partsAttribute, reservationFrom } from './items.ts';
import { reservationKey } from './keys.ts';
import { shardUpdate } from './shard-updates.ts';

/** The reservation comes first in every transaction, the shards follow in the order of `units`. */
const recordPosition = 0;

function shardAt<Unit extends ShardId>(units: readonly Unit[], position: number): Unit {
  const unit = units[position - recordPosition - 1];
  if (unit === undefined) throw new Error(`the transaction has no shard at position ${position}`);
  return unit;
}

/** Two write units for the record and two for each shard, and one for the index. */
export async function writeHold(
  { client, table }: StockTableOptions,
  reservation: OpenReservation,
): Promise<HoldOutcome> {
  const record: TransactWriteItem = {
    Put: {
      TableName: table,
      Item: holdItem(reservation),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const units = perShard(reservation.parts);
  const debits = units.map((unit) => shardUpdate(table, 'debit', unit));
  const result = await transact(client, [record, ...debits]);
  if (result.outcome === 'done') return { outcome: 'held' };
  if (result.outcome === 'contended') return result;
  const existing = result.found.get(recordPosition);
  if (existing !== undefined) return { outcome: 'exists', reservation: reservationFrom(existing) };
  const shards = [...result.found].map(([position, item]) => {
    const { location, sku, shard } = shardAt(units, position);
    return countersFrom({ location, sku, shard }, item);
  });
  return { outcome: 'short', shards };
}

/** The expiry is in the condition: no clock but the caller's decides, and no timer has to have run. */
export async function confirmHold(
  { client, table }: StockTableOptions,
  orderId: string,
  now: Instant,
): Promise<ChangeOutcome> {
  const result = await writeIf(() =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: reservationKey(orderId) } },
        UpdateExpression: 'SET st = :confirmed REMOVE holdBucket',
        ConditionExpression: 'st = :held AND expiresAt > :now',
        ExpressionAttributeValues: { ':confirmed': { S: 'CONFIRMED' }, ':held': { S: 'HELD' }, ':now': { S: now } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (result.outcome !== 'refused') return result;
  return { outcome: 'changed', reservation: result.found && reservationFrom(result.found) };
}

export async function forbidHold({ client, table }: StockTableOptions, orderId: string): Promise<ChangeOutcome> {
  const result = await writeIf(() =>
    client.send(
      new PutItemCommand({
        TableName: table,
        Item: forbiddenItem(orderId),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (result.outcome !== 'refused') return result;
  return { outcome: 'changed', reservation: result.found && reservationFrom(result.found) };
}

/** @throws Error naming the shard that has fewer units reserved than its reservations hold: the counters are wrong. */
export async function changeReservation(
  { client, table }: StockTableOptions,
  before: Reservation,
  { after, kind, units }: Change,
): Promise<ChangeOutcome> {
  const record: TransactWriteItem = {
    Update: {
      TableName: table,
      Key: { pk: { S: reservationKey(before.orderId) } },
      UpdateExpression: 'SET st = :after, rev = :next, parts = :parts REMOVE holdBucket',
      ConditionExpression: 'st = :before AND rev = :rev',
      ExpressionAttributeValues: {
        ':before': { S: before.state },
        ':rev': { N: String(before.revision) },
        ':after': { S: after.state },
        ':next': { N: String(after.revision) },
        ':parts': partsAttribute(after.parts),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const result = await transact(client, [record, ...units.map((unit) => shardUpdate(table, kind, unit))]);
  if (result.outcome !== 'refused') return result;
  if (result.found.has(recordPosition)) {
    const found = result.found.get(recordPosition);
    return { outcome: 'changed', reservation: found && reservationFrom(found) };
  }
  const wrong = [...result.found.keys()].map((position) => shardName(shardAt(units, position)));
  throw new Error(`order ${before.orderId}: too little is reserved in ${wrong.join(', ')}`);
}
