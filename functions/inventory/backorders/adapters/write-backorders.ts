import {
  type AttributeValue,
  DeleteItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type TransactOutcome, transact, writeIf } from '../../../shared/conditional-writes.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { logger } from '../../../shared/logging.ts';
import type { TableAccess } from '../../../shared/table-access.ts';
import {
  type OpenReservation,
  perShard,
  reservationFrom,
  reservationKey,
  reservationPut,
  unlessReserved,
} from '../../reservations/index.ts';
import { backorderShard, debitUpdates, shardUpdate } from '../../sharding/index.ts';
import type { FillOutcome, JoinOutcome, QueueOutcome } from '../commands/backorder-queue.ts';
import type { BackorderedOrder, FilledOrder, QueueTotals, Surplus } from '../domain/backorder.ts';
import { backorderFrom, backorderItemOf, backorderKey, queueKey, queueReset, queueUpdate } from './backorder-items.ts';

type Access = Pick<TableAccess, 'client' | 'table' | 'pace'>;

/**
 * Uses two write units each for the order, the check that it has no reservation, and the queue, and one for the index.
 */
export async function joinQueue(
  { client, table, pace }: Access,
  order: BackorderedOrder,
  queue: QueueTotals,
): Promise<JoinOutcome> {
  const record = {
    TableName: table,
    Item: backorderItemOf(order),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const reservation = { TableName: table, Key: { pk: { S: reservationKey(order.orderId) } }, ...unlessReserved([]) };
  const result = await transact({ client, pace }, [
    { Put: record },
    { ConditionCheck: reservation },
    { Update: queueUpdate(table, queue, order.units) },
  ]);
  if (result.outcome === 'done') return { outcome: 'joined' };
  if (result.outcome === 'contended') return { outcome: 'contended' };
  const existing = result.found.get(0);
  if (existing !== undefined) return { outcome: 'waits', order: backorderFrom(existing) };
  return { outcome: result.found.has(1) ? 'reserved' : 'queue-changed' };
}

export async function fillOrder(
  { client, table, pace }: Access,
  order: BackorderedOrder,
  reservation: OpenReservation,
): Promise<FillOutcome> {
  const undebited = reservation.parts.filter(({ nonce }) => nonce === undefined);
  const actions = [
    { Put: reservationPut(table, reservation) },
    replaceRecord(table, order, { state: 'filled' }),
    unqueue(table, order),
    ...debitUpdates(table, perShard(undebited)),
  ];
  const result = await transactCounted({ client, pace }, actions, order, 2);
  if (result.outcome === 'done') return { outcome: 'filled' };
  if (result.outcome === 'contended') return { outcome: 'contended' };
  const existing = result.found.get(0);
  const known = existing && reservationFrom(existing);
  return known === undefined ? { outcome: 'changed' } : { outcome: 'exists', reservation: known };
}

export function markFilled(options: Access, order: BackorderedOrder): Promise<QueueOutcome> {
  return change(options, order, [
    replaceRecord(options.table, order, { state: 'filled' }),
    unqueue(options.table, order),
  ]);
}

export function moveOrder(
  options: Access,
  order: BackorderedOrder,
  to: Pick<BackorderedOrder, 'sku' | 'units' | 'mode'>,
): Promise<QueueOutcome> {
  return change(options, order, [
    replaceRecord(options.table, order, to),
    unqueue(options.table, order),
    { Update: queueUpdate(options.table, { sku: to.sku }, to.units) },
  ]);
}

export function leaveQueue(options: Access, order: BackorderedOrder): Promise<QueueOutcome> {
  const { table } = options;
  return change(options, order, [
    { Delete: { TableName: table, Key: { pk: { S: backorderKey(order.orderId) } }, ...ifUnchanged(order) } },
    unqueue(table, order),
  ]);
}

export async function forgetFilled(
  { client, table, pace }: Access,
  { orderId, orderVersion, revision }: FilledOrder,
): Promise<void> {
  const Key = { pk: { S: backorderKey(orderId) } };
  const filled = {
    // Items of the first release have no `ver`.
    ConditionExpression: 'st = :filled AND rev = :revision AND (ver = :version OR attribute_not_exists(ver))',
    ExpressionAttributeValues: {
      ':filled': { S: 'FILLED' },
      ':revision': { N: String(revision) },
      ':version': { N: String(orderVersion) },
    },
  };
  await writeUncontended(pace, () => client.send(new DeleteItemCommand({ TableName: table, Key, ...filled })));
}

export async function clearQueue({ client, table, pace }: Access, queue: QueueTotals): Promise<QueueOutcome> {
  const { outcome } = await writeIf(pace, () => client.send(new UpdateItemCommand(queueReset(table, queue))));
  return { outcome: outcome === 'refused' ? 'changed' : outcome };
}

export async function putOnSale(
  { client, table, pace }: Access,
  { sku, revision }: QueueTotals,
  surplus: readonly Surplus[],
): Promise<QueueOutcome> {
  const shards = surplus.flatMap(({ location, quantity }) => [
    { shard: backorderShard(location, sku), add: { av: -quantity, xo: quantity } },
    // The first shard of a location is never closed.
    { shard: { location, sku, shard: 0 }, add: { av: quantity, xi: quantity, v: 1 }, mayBeNew: true, whileOpen: true },
  ]);
  const { outcome } = await transact({ client, pace }, [
    { Update: queueUpdate(table, { sku, revision }, 0) },
    ...shards.map((each) => ({ Update: shardUpdate(table, each) })),
  ]);
  return { outcome: outcome === 'refused' ? 'changed' : outcome };
}

/** Changes the queue's item, which reaches the consumer of the stream and triggers the walk. */
export async function wakeQueue({ client, table, pace }: Access, sku: string): Promise<number> {
  let after: Record<string, AttributeValue> | undefined;
  await writeUncontended(pace, async () => {
    const input = {
      TableName: table,
      Key: { pk: { S: queueKey(sku) } },
      UpdateExpression: 'SET rev = rev + :one',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW' as const,
    };
    const { Attributes } = await client.send(new UpdateItemCommand(input));
    after = Attributes;
  });
  return Number(after?.u?.N ?? 0);
}

/** @throws TransientFault when another request writes the item: that request need not have the same effect. */
async function writeUncontended(pace: Access['pace'], write: () => Promise<unknown>): Promise<void> {
  const { outcome } = await writeIf(pace, write);
  if (outcome === 'contended') throw new TransientFault('other requests were writing the queue or the order');
}

/** Replaces the record, on condition that it has not changed since it was read. */
function replaceRecord(table: string, before: BackorderedOrder, changes: Partial<BackorderedOrder>): TransactWriteItem {
  const after = { ...before, ...changes, revision: before.revision + 1 };
  return { Put: { TableName: table, Item: backorderItemOf(after), ...ifUnchanged(before) } };
}

function ifUnchanged({ revision }: BackorderedOrder) {
  return {
    ConditionExpression: 'st = :waiting AND rev = :revision',
    ExpressionAttributeValues: { ':waiting': { S: 'WAITING' }, ':revision': { N: String(revision) } },
  };
}

/** Takes the units of an order from the count of its queue. */
const unqueue = (table: string, { sku, units }: BackorderedOrder): TransactWriteItem => ({
  Update: queueUpdate(table, { sku }, -units),
});

/** Position of the queue in the transactions that change one order; the order's record precedes it. */
const countPosition = 1;

async function change(
  access: Access,
  order: BackorderedOrder,
  actions: readonly TransactWriteItem[],
): Promise<QueueOutcome> {
  const { outcome } = await transactCounted(access, actions, order, countPosition);
  return { outcome: outcome === 'refused' ? 'changed' : outcome };
}

/**
 * Executes a transaction that takes an order from its queue. An order whose record is unchanged is counted in its queue;
 * when the queue counts fewer units than the order wants, the count is wrong, as after a restore or an edit by hand. It
 * is set to 0 then: a wrong count must not keep an order in the queue, and the orders behind it.
 */
async function transactCounted(
  access: Pick<Access, 'client' | 'pace'>,
  actions: readonly TransactWriteItem[],
  { sku, units }: BackorderedOrder,
  position: number,
): Promise<TransactOutcome> {
  const result = await transact(access, [...actions]);
  const isMiscounted = result.outcome === 'refused' && result.found.size === 1 && result.found.has(position);
  if (!isMiscounted) return result;
  logger.warn('backorder queue miscounted', { sku, units });
  const table = actions[position]?.Update?.TableName ?? '';
  return transact(access, actions.with(position, { Update: queueReset(table, { sku }, units) }));
}
