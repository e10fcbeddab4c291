import { PutItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type TransactOutcome, transact, type WriteOutcome, writeIf } from '../../../shared/conditional-writes.ts';
import { noRecords, readRecords, type TableAccess } from '../../../shared/table-access.ts';
import { registryRecord } from '../../locations/index.ts';
import {
  type Closed,
  countersFrom,
  debitUpdates,
  planRecords,
  type ReservedUnits,
  returned,
  type ShardId,
  type ShardWrite,
  shardName,
  shardRecords,
  shardUpdate,
} from '../../sharding/index.ts';
import type { ChangeOutcome, HoldOutcome, ReservationStore, StockReader } from '../commands/reservation-store.ts';
import { type Change, type OpenReservation, perShard, type Reservation } from '../domain/reservation.ts';
import {
  forbiddenItem,
  partsAttribute,
  reservationFrom,
  reservationKey,
  reservationPut,
  reservationRecords,
  unlessReserved,
} from './reservation-item.ts';

export function dynamodbReservationStore(access: TableAccess): ReservationStore {
  return {
    async find(orderId) {
      const { reservations } = await readRecords(access, { reservations: reservationRecords([orderId]) }, 'strong');
      return reservations.get(orderId);
    },
    hold: (reservation) => writeHold(access, reservation),
    forbid: (orderId) => forbidHold(access, orderId),
    change: (before, change) => changeReservation(access, before, change),
  };
}

export function dynamodbStockReader(access: TableAccess): StockReader {
  return {
    async readStock({ orderId, skus, shards, locations }) {
      const requests = {
        reservations: reservationRecords([orderId]),
        plans: planRecords(skus),
        registry: locations ? registryRecord : noRecords,
        shards: shardRecords(shards),
      };
      const found = await readRecords(access, requests, 'strong');
      return {
        reservation: found.reservations.get(orderId),
        plans: found.plans,
        shards: found.shards,
        locations: found.registry?.locations,
      };
    },
  };
}

/** The reservations of these orders, by order and strongly consistent; orders without one are left out. */
export async function reservationsOf(
  access: TableAccess,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, Reservation>> {
  return (await readRecords(access, { reservations: reservationRecords(orderIds) }, 'strong')).reservations;
}

/** Position of the reservation in every transaction. The shards follow in the order of `units`. */
const recordPosition = 0;

function shardAt<Unit extends ShardId>(units: readonly Unit[], position: number): Unit {
  const unit = units[position - recordPosition - 1];
  if (unit === undefined) throw new Error(`the transaction has no shard at position ${position}`);
  return unit;
}

/**
 * Costs two write units for the record and two for each shard; one for the record alone when every part is debited
 * already. A reservation that binds debits is sent once: a repetition might report that nothing happened when the first
 * request was carried out.
 */
async function writeHold(
  { client, once, table, pace }: TableAccess,
  reservation: OpenReservation,
): Promise<HoldOutcome> {
  const { parts } = reservation;
  const record = reservationPut(table, reservation);
  const undebited = parts.filter(({ nonce }) => nonce === undefined);
  const units = perShard(undebited);
  const updates = debitUpdates(table, units);
  const result: TransactOutcome =
    units.length === 0
      ? asTransaction(await writeIf(pace, () => once.send(new PutItemCommand(record))))
      : await transact({ client: undebited.length === parts.length ? client : once, pace }, [
          { Put: record },
          ...updates,
        ]);
  if (result.outcome === 'done') return { outcome: 'held' };
  if (result.outcome === 'contended') {
    const inShards = result.positions.filter((position) => position !== recordPosition);
    const shards = inShards.map((position) => shardAt(units, position));
    return { outcome: 'contended', shards: result.positions.length === 0 ? undefined : shards };
  }
  const { found } = result;
  const existing = found.get(recordPosition);
  if (existing !== undefined) {
    const known = reservationFrom(existing);
    return known === undefined ? { outcome: 'voided' } : { outcome: 'exists', reservation: known };
  }
  const shards = [...found].map(([position, item]) => {
    const { location, sku, shard } = shardAt(units, position);
    return countersFrom({ location, sku, shard }, item);
  });
  return { outcome: 'insufficient', shards };
}

/** The outcome of writing the record alone, as that of a transaction. */
function asTransaction(result: WriteOutcome): TransactOutcome {
  if (result.outcome === 'contended') return { outcome: 'contended', positions: [] };
  return result.outcome === 'refused'
    ? { outcome: 'refused', found: new Map([[recordPosition, result.found]]) }
    : result;
}

async function forbidHold({ client, table, pace }: TableAccess, orderId: string): Promise<ChangeOutcome> {
  const result = await writeIf(pace, () =>
    client.send(
      new PutItemCommand({
        TableName: table,
        Item: forbiddenItem(orderId),
        ...unlessReserved([]),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (result.outcome !== 'refused') return { outcome: result.outcome };
  return { outcome: 'changed', reservation: result.found && reservationFrom(result.found) };
}

/**
 * Writes a change and its units in one transaction.
 *
 * @throws Error naming the shards that have fewer units reserved than their reservations hold: the counters are wrong.
 */
async function changeReservation(
  { client, table, pace }: TableAccess,
  before: Reservation,
  { after, kind, units }: Change,
): Promise<ChangeOutcome | Closed> {
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
  const result = await transact({ client, pace }, [record, ...updates]);
  if (result.outcome !== 'refused') return { outcome: result.outcome };
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

/** Moves units from reserved to shipped, in a closed shard as well. */
const shipped = ({ location, sku, shard, quantity, nonces }: ReservedUnits): ShardWrite => ({
  shard: { location, sku, shard },
  add: { rs: -quantity, sh: quantity },
  drops: nonces,
});
