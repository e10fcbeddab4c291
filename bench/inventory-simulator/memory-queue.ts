import {
  type BackorderedOrder,
  type BackorderQueue,
  backorderKey,
  backorderPrefix,
  queueKey,
} from '../../functions/inventory/backorders/index.ts';
import { type OpenReservation, perShard, reservationKey } from '../../functions/inventory/reservations/index.ts';
import { backorderShard, debited } from '../../functions/inventory/sharding/index.ts';
import { TransientFault } from '../../functions/shared/kernel/faults.ts';
import type { Action, Item, Send, StoreAnswer, StoreRequest } from './memory-items.ts';
import {
  backorderOf,
  backorderRecord,
  queueChange,
  queueReset,
  queuesIn,
  queueWake,
  removed,
  replaced,
  unitsIn,
} from './memory-queue-records.ts';
import { holdRecord, reservationOf } from './memory-records.ts';
import { shardAction } from './memory-shards.ts';
import { isUnreserved } from './memory-writes.ts';

type ForgetRequest = Parameters<BackorderQueue['forget']>[0];
type Answer<Call extends keyof BackorderQueue> = ReturnType<BackorderQueue[Call]>;

/** The backorder queues over items in memory, with the requests and conditions of the adapter for DynamoDB. */
export function memoryQueue(send: Send): BackorderQueue {
  return {
    async find(orderId) {
      const item = (await read(send, [backorderKey(orderId)])).get(backorderKey(orderId));
      return item && backorderOf(item);
    },
    async inOrder(sku, after, limit) {
      const answer = await send({ kind: 'query', waitSku: sku, after: after?.since, limit });
      const items = answer.outcome === 'read' ? [...answer.items.values()] : [];
      return items.map(({ pk, waitSince }) => ({
        orderId: pk.slice(backorderPrefix.length),
        since: waitSince as string,
      }));
    },
    join: (order, queue) => join(send, order, queue),
    fill: (order, reservation) => fill(send, order, reservation),
    markFilled: (order) => change(send, order, [replaced(order, { state: 'filled' })]),
    move: (order, to) => change(send, order, [replaced(order, to)], [queueChange({ sku: to.sku }, to.units)]),
    leave: (order) => change(send, order, [removed(order)]),
    forget: (order) => forget(send, order),
    putOnSale: (queue, surplus) => putOnSale(send, queue, surplus),
    wake: (sku) => wake(send, sku),
    async clear(queue) {
      const { outcome } = await send({ kind: 'write', action: queueReset(queue) });
      return { outcome: outcomeOf(outcome) };
    },
    totals: async (skus) => queuesIn(await read(send, skus.map(queueKey)), skus),
  };
}

async function read(send: Send, keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
  const answer = await send({ kind: 'read', keys: [...new Set(keys)], latest: true });
  return answer.outcome === 'read' ? answer.items : new Map();
}

async function join(send: Send, order: BackorderedOrder, queue: Parameters<BackorderQueue['join']>[1]): Answer<'join'> {
  const record: Action = {
    key: backorderKey(order.orderId),
    condition: (item) => item === undefined,
    apply: () => backorderRecord(order),
  };
  const key = reservationKey(order.orderId);
  const unreserved: Action = { key, condition: isUnreserved([]), apply: () => ({ pk: key }), check: true };
  const answer = await send({ kind: 'transact', actions: [record, unreserved, queueChange(queue, order.units)] });
  if (answer.outcome === 'done') return { outcome: 'joined' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const existing = answer.found.get(0);
  if (existing !== undefined) return { outcome: 'waits', order: backorderOf(existing) };
  return { outcome: answer.found.has(1) ? 'reserved' : 'queue-changed' };
}

async function fill(send: Send, order: BackorderedOrder, reservation: OpenReservation): Answer<'fill'> {
  const nonces = reservation.parts.flatMap(({ nonce }) => nonce ?? []);
  const put: Action = {
    key: reservationKey(reservation.orderId),
    condition: isUnreserved(nonces),
    apply: () => holdRecord(reservation),
  };
  const undebited = reservation.parts.filter(({ nonce }) => nonce === undefined);
  const debits = perShard(undebited).map(({ location, sku, shard, quantity }) =>
    shardAction(debited({ location, sku, shard }, quantity)),
  );
  const answer = await sendCounted(send, order, [put, replaced(order, { state: 'filled' })], debits);
  if (answer.outcome === 'done') return { outcome: 'filled' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const known = reservationOf(answer.found.get(0));
  return known === undefined ? { outcome: 'changed' } : { outcome: 'exists', reservation: known };
}

async function change(
  send: Send,
  order: BackorderedOrder,
  before: readonly Action[],
  after: readonly Action[] = [],
): Answer<'leave'> {
  return { outcome: outcomeOf((await sendCounted(send, order, before, after)).outcome) };
}

/**
 * Sends a transaction that takes an order from its queue. Where nothing but the count of the queue refuses it, the count
 * is wrong and is set to 0.
 */
async function sendCounted(
  send: Send,
  { sku, units }: BackorderedOrder,
  before: readonly Action[],
  after: readonly Action[],
): Promise<StoreAnswer> {
  const taking = (count: Action): StoreRequest => ({ kind: 'transact', actions: [...before, count, ...after] });
  const answer = await send(taking(queueChange({ sku }, -units)));
  const isMiscounted = answer.outcome === 'refused' && answer.found.size === 1 && answer.found.has(before.length);
  return isMiscounted ? send(taking(queueReset({ sku }, units))) : answer;
}

async function forget(send: Send, { orderId, orderVersion, revision }: ForgetRequest): Promise<void> {
  const key = backorderKey(orderId);
  const isFilled = (item: Item | undefined) =>
    item?.st === 'FILLED' && item.rev === revision && item.ver === orderVersion;
  await sendUncontended(send, { key, condition: isFilled, apply: () => ({ pk: key }), remove: true });
}

async function putOnSale(
  send: Send,
  { sku, revision }: Parameters<BackorderQueue['putOnSale']>[0],
  surplus: Parameters<BackorderQueue['putOnSale']>[1],
): Answer<'putOnSale'> {
  const shards = surplus.flatMap(({ location, quantity }) => [
    shardAction({ shard: backorderShard(location, sku), add: { av: -quantity, xo: quantity } }),
    shardAction({
      shard: { location, sku, shard: 0 },
      add: { av: quantity, xi: quantity, v: 1 },
      mayBeNew: true,
      whileOpen: true,
    }),
  ]);
  const { outcome } = await send({ kind: 'transact', actions: [queueChange({ sku, revision }, 0), ...shards] });
  return { outcome: outcomeOf(outcome) };
}

async function wake(send: Send, sku: string): Promise<number> {
  const answer = await sendUncontended(send, queueWake(sku));
  return answer.outcome === 'done' ? unitsIn(answer.items[0]) : 0;
}

/** @throws TransientFault when another request writes the item. */
async function sendUncontended(send: Send, action: Action): Promise<StoreAnswer> {
  const answer = await send({ kind: 'write', action });
  if (answer.outcome === 'contended') throw new TransientFault('other requests were writing the queue or the order');
  return answer;
}

function outcomeOf(outcome: StoreAnswer['outcome']): 'done' | 'changed' | 'contended' {
  if (outcome === 'done') return 'done';
  return outcome === 'refused' ? 'changed' : 'contended';
}
