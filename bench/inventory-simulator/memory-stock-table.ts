import { planKey, prefixes, receiptKey, reservationKey, shardKey } from '../../functions/inventory/adapters/keys.ts';
import { perShard } from '../../functions/inventory/domain/reservation.ts';
import { type ShardId, type SkuPlan, shardName } from '../../functions/inventory/domain/shard-plan.ts';
import type { ChangeOutcome, StockTable } from '../../functions/inventory/domain/stock-table.ts';
import type { Action, Item, MemoryItems, StoreAnswer, StoreRequest } from './memory-items.ts';
import {
  forbiddenRecord,
  holdRecord,
  partEntries,
  planOf,
  planRecord,
  receiptOf,
  receiptRecord,
  reservationOf,
} from './memory-records.ts';
import { countersOf, debitShard, receiveIntoShard, settleShard } from './memory-shards.ts';

/** What brings requests to the items: at once, or through a simulated network. */
export type Send = (request: StoreRequest) => Promise<StoreAnswer>;

/**
 * Is around every call of the table: it may wait before or after it, not make it at all, make it twice, or lose its
 * answer by throwing after `proceed`.
 */
export type CallHook = <Answer>(
  call: keyof StockTable,
  args: readonly unknown[],
  proceed: () => Promise<Answer>,
) => Promise<Answer>;

export interface MemoryTableOptions {
  readonly items: MemoryItems;
  /** Default: carried out at once. */
  readonly send?: Send;
  readonly around?: CallHook;
}

/** Keys of one read request: the store's limit. */
const maxKeys = 100;
const recordPosition = 0;

/** `StockTable` over items in memory, request by request what the adapter for DynamoDB sends. Any number of tables may share the items. */
export function memoryStockTable({ items, send = sendAtOnce(items), around }: MemoryTableOptions): StockTable {
  const table: StockTable = {
    read: (wanted, how) => read(send, wanted, how),
    hold: (reservation) => hold(send, reservation),
    confirm: (orderId, now) =>
      changeRecord(send, {
        key: reservationKey(orderId),
        condition: (item) => item?.st === 'HELD' && (item.expiresAt as string) > now,
        apply: (item) => ({ ...(item as Item), st: 'CONFIRMED' }),
      }),
    forbid: (orderId) =>
      changeRecord(send, {
        key: reservationKey(orderId),
        condition: isFree,
        apply: () => forbiddenRecord(orderId),
      }),
    change: (before, change) => carryOut(send, before, change),
    book: (booking) => book(send, booking),
    async writePlan(plan) {
      const answer = await send({ kind: 'write', action: putPlan(plan) });
      return answer.outcome === 'done' ? 'written' : 'changed';
    },
    dueHolds: async (now, limit) =>
      items
        .all()
        .filter(
          ({ pk, st, expiresAt }) => pk.startsWith(prefixes.reservation) && st === 'HELD' && String(expiresAt) <= now,
        )
        .sort((a, b) => (String(a.expiresAt) < String(b.expiresAt) ? -1 : 1))
        .slice(0, limit)
        .map(({ pk }) => pk.slice(prefixes.reservation.length)),
  };
  return around === undefined ? table : hooked(table, around);
}

export function sendAtOnce(items: MemoryItems): Send {
  return async (request) => items.execute(request);
}

/** The same table with a hook around every call. */
function hooked(table: StockTable, around: CallHook): StockTable {
  const calls = Object.entries(table).map(([name, call]) => {
    const act = call as (...args: readonly unknown[]) => Promise<unknown>;
    return [name, (...args: unknown[]) => around(name as keyof StockTable, args, () => act(...args))];
  });
  return Object.fromEntries(calls) as unknown as StockTable;
}

function isFree(item: Item | undefined): boolean {
  return item === undefined;
}

async function read(
  send: Send,
  { orderId, skus = [], shards = [] }: Parameters<StockTable['read']>[0],
  how: 'latest' | 'cheap',
): ReturnType<StockTable['read']> {
  const keys = new Set([...skus.map(planKey), ...shards.map(shardKey)]);
  if (orderId !== undefined) keys.add(reservationKey(orderId));
  const found = await readItems(send, [...keys], how === 'latest');
  const reservation = orderId === undefined ? undefined : found.get(reservationKey(orderId));
  const plans = skus.flatMap((sku) => {
    const item = found.get(planKey(sku));
    return item === undefined ? [] : [planOf(item)];
  });
  return {
    reservation: reservation === undefined ? undefined : reservationOf(reservation),
    plans: new Map(plans.map((plan) => [plan.sku, plan])),
    shards: shards.map((shard) => countersOf(shard, found.get(shardKey(shard)))),
  };
}

async function readItems(send: Send, keys: readonly string[], latest: boolean): Promise<Map<string, Item>> {
  const chunks: string[][] = [];
  for (let start = 0; start < keys.length; start += maxKeys) chunks.push(keys.slice(start, start + maxKeys));
  const answers = await Promise.all(chunks.map((chunk) => send({ kind: 'read', keys: chunk, latest })));
  return new Map(answers.flatMap((answer) => (answer.outcome === 'read' ? [...answer.items] : [])));
}

async function hold(send: Send, reservation: Parameters<StockTable['hold']>[0]): ReturnType<StockTable['hold']> {
  const put: Action = {
    key: reservationKey(reservation.orderId),
    condition: isFree,
    apply: () => holdRecord(reservation),
  };
  const units = perShard(reservation.parts);
  const answer = await send({ kind: 'transact', actions: [put, ...units.map(debitShard)] });
  if (answer.outcome === 'done') return { outcome: 'held' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const existing = answer.found.get(recordPosition);
  if (existing !== undefined) return { outcome: 'exists', reservation: reservationOf(existing) };
  const shards = [...answer.found].map(([position, item]) => countersOf(shardAt(units, position), item));
  return { outcome: 'short', shards };
}

async function changeRecord(send: Send, action: Action): Promise<ChangeOutcome> {
  const answer = await send({ kind: 'write', action });
  if (answer.outcome === 'done') return { outcome: 'done' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const found = answer.found.get(0);
  return { outcome: 'changed', reservation: found && reservationOf(found) };
}

async function carryOut(
  send: Send,
  before: Parameters<StockTable['change']>[0],
  { after, kind, units }: Parameters<StockTable['change']>[1],
): Promise<ChangeOutcome> {
  const record: Action = {
    key: reservationKey(before.orderId),
    condition: (item) => item?.st === before.state && item.rev === before.revision,
    apply: (item) => ({ ...(item as Item), st: after.state, rev: after.revision, parts: partEntries(after.parts) }),
  };
  const answer = await send({ kind: 'transact', actions: [record, ...units.map((unit) => settleShard(kind, unit))] });
  if (answer.outcome === 'done') return { outcome: 'done' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  if (answer.found.has(recordPosition)) {
    const found = answer.found.get(recordPosition);
    return { outcome: 'changed', reservation: found && reservationOf(found) };
  }
  const wrong = [...answer.found.keys()].map((position) => shardName(shardAt(units, position)));
  throw new Error(`order ${before.orderId}: too little is reserved in ${wrong.join(', ')}`);
}

async function book(
  send: Send,
  { receipt, pieces, plan }: Parameters<StockTable['book']>[0],
): ReturnType<StockTable['book']> {
  const record: Action = {
    key: receiptKey(receipt.receiptId),
    condition: (item) => item === undefined,
    apply: () => receiptRecord(receipt),
  };
  const { location, sku } = receipt;
  const credits = pieces.map((piece) => receiveIntoShard({ location, sku, ...piece }));
  const plans = plan === undefined ? [] : [putPlan(plan)];
  const answer = await send({ kind: 'transact', actions: [record, ...credits, ...plans] });
  if (answer.outcome === 'done') return { outcome: 'booked' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const existing = answer.found.get(recordPosition);
  return existing === undefined
    ? { outcome: 'plan-changed' }
    : { outcome: 'exists', receipt: receiptOf(receipt.receiptId, existing) };
}

/** Over the revision before it, and over nothing if it is the first. */
function putPlan(plan: SkuPlan): Action {
  return {
    key: planKey(plan.sku),
    condition: (item) => (item?.rev ?? 0) === plan.revision - 1,
    apply: () => planRecord(plan),
  };
}

/** The record comes first in every transaction, the shards follow in the order of `units`. */
function shardAt<Unit extends ShardId>(units: readonly Unit[], position: number): Unit {
  const unit = units[position - recordPosition - 1];
  if (unit === undefined) throw new Error(`the transaction has no shard at position ${position}`);
  return unit;
}
