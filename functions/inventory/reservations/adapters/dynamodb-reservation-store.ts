import { PutItemCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { transact, writeIf } from '../../../shared/conditional-writes.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { StockTableOptions } from '../../sharding/adapters/dynamodb-stock-table.ts';
import { reservationKey } from '../../sharding/adapters/keys.ts';
import { returned } from '../../sharding/adapters/return-units.ts';
import { debited, type ShardWrite, shardUpdate } from '../../sharding/adapters/shard-updates.ts';
import {
  type ChangeOutcome,
  type HoldOutcome,
  maxVoided,
  type SettleOutcome,
  type VoidOutcome,
} from '../../sharding/commands/stock-table.ts';
import { type ShardId, shardName } from '../../sharding/domain/shard-plan.ts';
import {
  type Change,
  type OpenReservation,
  perShard,
  type Reservation,
  type ReservedUnits,
} from '../domain/reservation.ts';
import { countersFrom, forbiddenItem, holdItem, partsAttribute, reservationFrom, voidState } from './items.ts';

/** The reservation comes first in every transaction, the shards follow in the order of `units`. */
const recordPosition = 0;

function shardAt<Unit extends ShardId>(units: readonly Unit[], position: number): Unit {
  const unit = units[position - recordPosition - 1];
  if (unit === undefined) throw new Error(`the transaction has no shard at position ${position}`);
  return unit;
}

/**
 * Two write units for the record and two for each shard; one for the record alone when every part is debited already. A
 * reservation that binds debits is sent once: a repetition could say "nothing happened" of a write that happened.
 */
export async function writeHold(
  { client, once, table }: StockTableOptions,
  reservation: OpenReservation,
): Promise<HoldOutcome> {
  const { parts } = reservation;
  const nonces = [...new Set(parts.flatMap(({ nonce }) => nonce ?? []))];
  const record = {
    TableName: table,
    Item: holdItem(reservation),
    ...unlessReserved(nonces),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const units = perShard(parts.filter(({ nonce }) => nonce === undefined));
  const result =
    units.length === 0
      ? await writeIf(() => once.send(new PutItemCommand(record)))
      : await transact(nonces.length === 0 ? client : once, [
          { Put: record },
          ...units.map(({ quantity, ...unit }) => ({ Update: shardUpdate(table, debited(unit, quantity)) })),
        ]);
  if (result.outcome === 'done') return { outcome: 'held' };
  if (result.outcome === 'contended') {
    const positions = 'positions' in result ? result.positions : [];
    if (positions.length === 0) return { outcome: 'contended' };
    const inShards = positions.filter((position) => position !== recordPosition);
    return { outcome: 'contended', shards: inShards.map((position) => shardAt(units, position)) };
  }
  const found = result.found instanceof Map ? result.found : new Map([[recordPosition, result.found]]);
  const existing = found.get(recordPosition);
  if (existing !== undefined) {
    const known = reservationFrom(existing);
    return known === undefined ? { outcome: 'voided' } : { outcome: 'exists', reservation: known };
  }
  const shards = [...found].map(([position, item]) => {
    const { location, sku, shard } = shardAt(units, position);
    return countersFrom({ location, sku, shard }, item);
  });
  return { outcome: 'short', shards };
}

/** True where the order has no reservation, and none of these nonces may no longer be bound. */
export function unlessReserved(nonces: readonly string[]) {
  const names = nonces.map((_, index) => `:n${index}`);
  const bindable = names.map((name) => ` AND NOT contains(vn, ${name})`).join('');
  return {
    ConditionExpression: `attribute_not_exists(pk) OR (st = :void${bindable})`,
    ExpressionAttributeValues: {
      ':void': { S: voidState },
      ...Object.fromEntries(nonces.map((nonce, index) => [`:n${index}`, { S: nonce }])),
    },
  };
}

/** A set: the same nonce is remembered once, however often it is voided. */
export async function voidNonce(
  { client, table }: StockTableOptions,
  orderId: string,
  nonce: string,
): Promise<VoidOutcome> {
  const result = await writeIf(() =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: reservationKey(orderId) } },
        UpdateExpression: 'SET st = :void ADD vn :nonces',
        ConditionExpression: 'attribute_not_exists(pk) OR (st = :void AND (size(vn) < :max OR contains(vn, :nonce)))',
        ExpressionAttributeValues: {
          ':void': { S: voidState },
          ':nonces': { SS: [nonce] },
          ':nonce': { S: nonce },
          ':max': { N: String(maxVoided) },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (result.outcome === 'contended') return result;
  if (result.outcome === 'done') return { outcome: 'voided' };
  const reservation = result.found && reservationFrom(result.found);
  return reservation === undefined ? { outcome: 'full' } : { outcome: 'exists', reservation };
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
        UpdateExpression: 'SET st = :confirmed',
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
        ...unlessReserved([]),
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
): Promise<SettleOutcome> {
  const record: TransactWriteItem = {
    Update: {
      TableName: table,
      Key: { pk: { S: reservationKey(before.orderId) } },
      UpdateExpression: 'SET st = :after, rev = :next, parts = :parts',
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
  const writes = kind === 'release' ? returned(units) : units.map(shipped);
  const updates = writes.map((write) => ({ Update: shardUpdate(table, write) }));
  const result = await transact(client, [record, ...updates]);
  if (result.outcome !== 'refused') return result;
  if (result.found.has(recordPosition)) {
    const found = result.found.get(recordPosition);
    return { outcome: 'changed', reservation: found && reservationFrom(found) };
  }
  const shards = writes.map(({ shard }) => shard);
  const refusing = [...result.found].map(([position, item]) => countersFrom(shardAt(shards, position), item));
  if (refusing.some(({ closedTo }) => closedTo !== undefined)) return { outcome: 'closed', shards: refusing };
  const wrong = refusing.map(shardName);
  throw new Error(`order ${before.orderId}: too little is reserved in ${wrong.join(', ')}`);
}

/** Reserved -> out of the building; from a closed shard as well. */
const shipped = ({ location, sku, shard, quantity, nonces }: ReservedUnits): ShardWrite => ({
  shard: { location, sku, shard },
  add: { rs: -quantity, sh: quantity },
  settled: nonces,
});
