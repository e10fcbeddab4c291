import type { Reservation } from '../../functions/inventory/reservations/domain/reservation.ts';
import {
  boardKey,
  hotKey,
  ledgerKey,
  planKey,
  reservationKey,
  shardKey,
} from '../../functions/inventory/sharding/adapters/keys.ts';
import type { StockTable } from '../../functions/inventory/sharding/commands/stock-table.ts';
import type { Item, MemoryItems, StoreAnswer, StoreRequest } from './memory-items.ts';
import { debit, dropEntries, undoDebit, writeBoard } from './memory-journal.ts';
import { boardOf, ledgerRecordOf, planOf, reservationOf } from './memory-records.ts';
import { countersOf } from './memory-shards.ts';
import {
  book,
  change,
  changeRecord,
  forbid,
  hold,
  post,
  reopen,
  transfer,
  voidNonce,
  writePlan,
} from './memory-writes.ts';

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

/** `StockTable` over items in memory, request by request what the adapter for DynamoDB sends. Any number of tables may share the items. */
export function memoryStockTable({ items, send = sendAtOnce(items), around }: MemoryTableOptions): StockTable {
  const table: StockTable = {
    read: (wanted, how) => read(send, wanted, how),
    hold: (reservation) => hold(send, reservation),
    debit: (wanted) => debit(send, wanted),
    undoDebit: (units) => undoDebit(send, units),
    dropEntries: (shard, nonces) => dropEntries(send, shard, nonces),
    voidNonce: (orderId, nonce) => voidNonce(send, orderId, nonce),
    async readBoard(sku, copy) {
      const found = await readItems(send, [boardKey(sku, copy)], false);
      const item = found.get(boardKey(sku, copy));
      return item && boardOf(sku, item);
    },
    writeBoard: (copy, board) => writeBoard(send, copy, board),
    transfer: (wanted) => transfer(send, wanted),
    confirm: (orderId, now) =>
      changeRecord(send, {
        key: reservationKey(orderId),
        condition: (item) => item?.st === 'HELD' && (item.expiresAt as string) > now,
        apply: (item) => ({ ...(item as Item), st: 'CONFIRMED' }),
      }),
    forbid: (orderId) => forbid(send, orderId),
    change: (before, wanted) => change(send, before, wanted),
    book: (booking) => book(send, booking),
    post: (posting) => post(send, posting),
    writePlan: (plan) => writePlan(send, plan),
    reopen: (plan, shards) => reopen(send, plan, shards),
    async hotSkus() {
      const found = await readItems(send, [hotKey], false);
      return [...((found.get(hotKey)?.skus as ReadonlySet<string> | undefined) ?? [])];
    },
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

async function read(
  send: Send,
  { orderId, orderIds = [], skus = [], shards = [], places, record }: Parameters<StockTable['read']>[0],
  how: 'latest' | 'cheap',
): ReturnType<StockTable['read']> {
  const orders = orderId === undefined ? orderIds : [orderId, ...orderIds];
  const recordKeys = record === undefined ? [] : [ledgerKey(record.kind, record.id)];
  const keys = new Set([...orders.map(reservationKey), ...skus.map(planKey), ...recordKeys, ...shards.map(shardKey)]);
  const found = await readItems(send, [...keys], how === 'latest');
  const reservations = new Map<string, Reservation>();
  for (const order of orders) {
    const reservation = reservationOf(found.get(reservationKey(order)));
    if (reservation !== undefined) reservations.set(order, reservation);
  }
  const plans = skus.flatMap((sku) => {
    const item = found.get(planKey(sku));
    return item === undefined ? [] : [planOf(item)];
  });
  const recorded = found.get(recordKeys[0] ?? '');
  return {
    reservation: orderId === undefined ? undefined : reservations.get(orderId),
    reservations,
    plans: new Map(plans.map((plan) => [plan.sku, plan])),
    shards: shards.map((shard) => countersOf(shard, found.get(shardKey(shard)))),
    ...(recorded && { record: ledgerRecordOf(recorded) }),
    ...(places && { places: [] }),
  };
}

async function readItems(send: Send, keys: readonly string[], latest: boolean): Promise<Map<string, Item>> {
  const chunks: string[][] = [];
  for (let start = 0; start < keys.length; start += maxKeys) chunks.push(keys.slice(start, start + maxKeys));
  const answers = await Promise.all(chunks.map((chunk) => send({ kind: 'read', keys: chunk, latest })));
  return new Map(answers.flatMap((answer) => (answer.outcome === 'read' ? [...answer.items] : [])));
}
