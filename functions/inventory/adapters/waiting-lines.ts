import {
  DeleteItemCommand,
  GetItemCommand,
  QueryCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws-clients.ts';
import { perShard } from '../domain/reservation.ts';
import type { LineOutcome, WaitingLines, WaitingOrder } from '../domain/waiting-line.ts';
import { type Client, type TransactOutcome, transact, writeIf } from './conditional-writes.ts';
import { holdItem, reservationFrom } from './items.ts';
import { arrivalIndex, lineKey, prefixes, reservationKey, waitingKey } from './keys.ts';
import { debited, shardUpdate } from './shard-updates.ts';
import { lineUpdate, waitingFrom, waitingItemOf } from './waiting-items.ts';
import { unlessReserved } from './write-reservations.ts';

const seen = 'ALL_OLD' as const;

/** Waiting orders in the table of the stock: whoever waits, what is kept for him and what he gets change in one write. */
export function waitingLines(table: string, client: Client = dynamo()): WaitingLines {
  const key = (pk: string) => ({ TableName: table, Key: { pk: { S: pk } } });
  const waitingAs = ({ revision }: WaitingOrder) => ({
    ConditionExpression: 'st = :waiting AND rev = :revision',
    ExpressionAttributeValues: { ':waiting': { S: 'WAITING' }, ':revision': { N: String(revision) } },
  });
  /** The record after a change, over the one before it. */
  const put = (before: WaitingOrder, after: WaitingOrder): TransactWriteItem => ({
    Put: { TableName: table, Item: waitingItemOf({ ...after, revision: before.revision + 1 }), ...waitingAs(before) },
  });
  const units = (sku: string, change: number, revision?: number): TransactWriteItem => ({
    Update: lineUpdate(table, revision === undefined ? { sku } : { sku, revision }, change),
  });
  const change = async (...actions: TransactWriteItem[]): Promise<LineOutcome> =>
    lineOutcome(await transact(client, actions));

  return {
    async find(orderId) {
      const { Item } = await client.send(new GetItemCommand({ ...key(waitingKey(orderId)), ConsistentRead: true }));
      return Item && waitingFrom(Item);
    },

    async inOrder(sku, after, limit) {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: arrivalIndex,
          KeyConditionExpression: `waitSku = :sku${after === undefined ? '' : ' AND waitSince > :after'}`,
          ExpressionAttributeValues: { ':sku': { S: sku }, ...(after && { ':after': { S: after.since } }) },
          Limit: limit,
        }),
      );
      return (page.Items ?? []).map(({ pk, waitSince }) => {
        return { orderId: (pk?.S ?? '').slice(prefixes.waiting.length), since: waitSince?.S ?? '' };
      });
    },

    async join(order, line) {
      const result = await transact(client, [
        {
          Put: {
            TableName: table,
            Item: waitingItemOf(order),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: seen,
          },
        },
        { ConditionCheck: { ...key(reservationKey(order.orderId)), ...unlessReserved([]) } },
        units(order.sku, order.units, line.revision),
      ]);
      if (result.outcome === 'done') return { outcome: 'joined' };
      if (result.outcome === 'contended') return result;
      const existing = result.found.get(0);
      if (existing !== undefined) return { outcome: 'waits', order: waitingFrom(existing) };
      return { outcome: result.found.has(1) ? 'reserved' : 'line-changed' };
    },

    async fill(order, reservation) {
      const record = { TableName: table, Item: holdItem(reservation), ...unlessReserved([]) };
      const result = await transact(client, [
        { Put: { ...record, ReturnValuesOnConditionCheckFailure: seen } },
        put(order, { ...order, state: 'filled' }),
        units(order.sku, -order.units),
        ...perShard(reservation.parts).map(({ quantity, ...unit }) => ({
          Update: shardUpdate(table, debited(unit, quantity)),
        })),
      ]);
      if (result.outcome === 'done') return { outcome: 'filled' };
      if (result.outcome === 'contended') return result;
      const existing = result.found.get(0);
      const known = existing && reservationFrom(existing);
      return known === undefined ? { outcome: 'changed' } : { outcome: 'exists', reservation: known };
    },

    settle: (order) => change(put(order, { ...order, state: 'filled' }), units(order.sku, -order.units)),

    move: (order, to) =>
      change(put(order, { ...order, ...to }), units(order.sku, -order.units), units(to.sku, to.units)),

    leave: (order) =>
      change({ Delete: { ...key(waitingKey(order.orderId)), ...waitingAs(order) } }, units(order.sku, -order.units)),

    async forget(orderId) {
      const filled = { ConditionExpression: 'st = :filled', ExpressionAttributeValues: { ':filled': { S: 'FILLED' } } };
      await writeIf(() => client.send(new DeleteItemCommand({ ...key(waitingKey(orderId)), ...filled })));
    },

    async putOnSale({ sku, revision }, surplus) {
      const shards = surplus.flatMap(({ location, quantity }) => [
        { shard: { location, sku, shard: 'backorder' as const }, add: { av: -quantity, xo: quantity } },
        // The first shard of a location is never closed.
        {
          shard: { location, sku, shard: 0 },
          add: { av: quantity, xi: quantity, v: 1 },
          mayBeNew: true,
          whileOpen: true,
        },
      ]);
      return change(units(sku, 0, revision), ...shards.map((each) => ({ Update: shardUpdate(table, each) })));
    },

    async wake(sku) {
      const { UpdateExpression, ExpressionAttributeValues } = lineUpdate(table, { sku }, 0);
      const input = { ...key(lineKey(sku)), UpdateExpression, ExpressionAttributeValues };
      await writeIf(() =>
        client.send(new UpdateItemCommand({ ...input, ConditionExpression: 'attribute_exists(pk)' })),
      );
    },
  };
}

function lineOutcome(result: TransactOutcome): LineOutcome {
  return result.outcome === 'refused' ? { outcome: 'changed' } : result;
}
