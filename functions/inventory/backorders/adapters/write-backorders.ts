import { DeleteItemCommand, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { transact, writeIf } from '../../../shared/conditional-writes.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { unlessReserved } from '../../reservations/adapters/dynamodb-reservation-store.ts';
import { holdItem, reservationFrom } from '../../reservations/adapters/items.ts';
import { type OpenReservation, perShard } from '../../reservations/domain/reservation.ts';
import { lineKey, reservationKey, waitingKey } from '../../sharding/adapters/keys.ts';
import { debited, shardUpdate } from '../../sharding/adapters/shard-updates.ts';
import type {
  FillOutcome,
  JoinOutcome,
  LineOutcome,
  Surplus,
  WaitingLine,
  WaitingOrder,
} from '../commands/backorder-queue.ts';
import { lineUpdate, waitingFrom, waitingItemOf } from './backorder-items.ts';
import type { LinesOptions } from './dynamodb-backorder-queue.ts';

/** Six write units and one for the index: the record, that the order has no reservation, and the line. */
export async function joinLine(
  { client, table }: LinesOptions,
  order: WaitingOrder,
  line: WaitingLine,
): Promise<JoinOutcome> {
  const record = {
    TableName: table,
    Item: waitingItemOf(order),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const reservation = { TableName: table, Key: { pk: { S: reservationKey(order.orderId) } }, ...unlessReserved([]) };
  const result = await transact(client, [
    { Put: record },
    { ConditionCheck: reservation },
    { Update: lineUpdate(table, line, order.units) },
  ]);
  if (result.outcome === 'done') return { outcome: 'joined' };
  if (result.outcome === 'contended') return result;
  const existing = result.found.get(0);
  if (existing !== undefined) return { outcome: 'waits', order: waitingFrom(existing) };
  return { outcome: result.found.has(1) ? 'reserved' : 'line-changed' };
}

export async function fillOrder(
  { client, table }: LinesOptions,
  order: WaitingOrder,
  reservation: OpenReservation,
): Promise<FillOutcome> {
  const record = { TableName: table, Item: holdItem(reservation), ...unlessReserved([]) };
  const result = await transact(client, [
    { Put: { ...record, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
    recordAfter(table, order, { state: 'filled' }),
    { Update: lineUpdate(table, { sku: order.sku }, -order.units) },
    ...perShard(reservation.parts).map(({ quantity, ...unit }) => ({
      Update: shardUpdate(table, debited(unit, quantity)),
    })),
  ]);
  if (result.outcome === 'done') return { outcome: 'filled' };
  if (result.outcome === 'contended') return result;
  const existing = result.found.get(0);
  const known = existing && reservationFrom(existing);
  return known === undefined ? { outcome: 'changed' } : { outcome: 'exists', reservation: known };
}

export function settleOrder(options: LinesOptions, order: WaitingOrder): Promise<LineOutcome> {
  return change(options, [
    recordAfter(options.table, order, { state: 'filled' }),
    { Update: lineUpdate(options.table, { sku: order.sku }, -order.units) },
  ]);
}

export function moveOrder(
  options: LinesOptions,
  order: WaitingOrder,
  to: Pick<WaitingOrder, 'sku' | 'units'>,
): Promise<LineOutcome> {
  return change(options, [
    recordAfter(options.table, order, to),
    { Update: lineUpdate(options.table, { sku: order.sku }, -order.units) },
    { Update: lineUpdate(options.table, { sku: to.sku }, to.units) },
  ]);
}

export function leaveLine(options: LinesOptions, order: WaitingOrder): Promise<LineOutcome> {
  const { table } = options;
  return change(options, [
    { Delete: { TableName: table, Key: { pk: { S: waitingKey(order.orderId) } }, ...waitingAs(order) } },
    { Update: lineUpdate(table, { sku: order.sku }, -order.units) },
  ]);
}

export async function forgetFilled({ client, table }: LinesOptions, orderId: string): Promise<void> {
  const Key = { pk: { S: waitingKey(orderId) } };
  const filled = { ConditionExpression: 'st = :filled', ExpressionAttributeValues: { ':filled': { S: 'FILLED' } } };
  await sent(() => client.send(new DeleteItemCommand({ TableName: table, Key, ...filled })));
}

export function putOnSale(
  options: LinesOptions,
  { sku, revision }: WaitingLine,
  surplus: readonly Surplus[],
): Promise<LineOutcome> {
  const { table } = options;
  const shards = surplus.flatMap(({ location, quantity }) => [
    { shard: { location, sku, shard: 'backorder' as const }, add: { av: -quantity, xo: quantity } },
    // The first shard of a location is never closed.
    { shard: { location, sku, shard: 0 }, add: { av: quantity, xi: quantity, v: 1 }, mayBeNew: true, whileOpen: true },
  ]);
  return change(options, [
    { Update: lineUpdate(table, { sku, revision }, 0) },
    ...shards.map((each) => ({ Update: shardUpdate(table, each) })),
  ]);
}

/** The line's item itself is what wakes whoever follows the stream. */
export async function wakeLine({ client, table }: LinesOptions, sku: string): Promise<void> {
  const input = {
    TableName: table,
    Key: { pk: { S: lineKey(sku) } },
    UpdateExpression: 'SET rev = rev + :one',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  };
  await sent(() => client.send(new UpdateItemCommand(input)));
}

/** Nothing is asked for twice here: whoever was in the way may not have done what this was to do. */
async function sent(write: () => Promise<unknown>): Promise<void> {
  const { outcome } = await writeIf(write);
  if (outcome === 'contended') throw new TransientFault('others were writing the line or the order');
}

/** The record as it is to be, over the one that was seen. */
function recordAfter(table: string, before: WaitingOrder, changes: Partial<WaitingOrder>): TransactWriteItem {
  const after = { ...before, ...changes, revision: before.revision + 1 };
  return { Put: { TableName: table, Item: waitingItemOf(after), ...waitingAs(before) } };
}

function waitingAs({ revision }: WaitingOrder) {
  return {
    ConditionExpression: 'st = :waiting AND rev = :revision',
    ExpressionAttributeValues: { ':waiting': { S: 'WAITING' }, ':revision': { N: String(revision) } },
  };
}

async function change({ client }: LinesOptions, actions: TransactWriteItem[]): Promise<LineOutcome> {
  const result = await transact(client, actions);
  return result.outcome === 'refused' ? { outcome: 'changed' } : result;
}
