import { type SnapshotStore, snapshotKey } from '../../functions/inventory/availability/index.ts';
import { type BackorderQueue, type PlanQueues, queueKey } from '../../functions/inventory/backorders/index.ts';
import { type LedgerStore, ledgerKey } from '../../functions/inventory/ledger/index.ts';
import {
  boundAmong,
  type HoldConfirmation,
  type Reservation,
  type ReservationStore,
  type ReserveStores,
  reservationKey,
  type StockReader,
} from '../../functions/inventory/reservations/index.ts';
import {
  type BindingStore,
  hotKeys,
  type PlanReader,
  type PlanStore,
  planKey,
  type ShardId,
  type ShardStore,
  type SkuPlan,
  shardKey,
} from '../../functions/inventory/sharding/index.ts';
import type { Item, MemoryItems, Send } from './memory-items.ts';
import { claimRead, debit, dropEntries, undoDebit, writeSnapshot } from './memory-journal.ts';
import { memoryQueue } from './memory-queue.ts';
import { queuesIn } from './memory-queue-records.ts';
import { ledgerRecordOf, planOf, reservationOf, snapshotOf } from './memory-records.ts';
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

/** A call of a store, by the name of its method. */
export type StoreCall =
  | keyof PlanStore
  | keyof PlanReader
  | keyof ShardStore
  | keyof BindingStore
  | keyof SnapshotStore
  | keyof ReservationStore
  | keyof StockReader
  | keyof HoldConfirmation
  | keyof LedgerStore
  | keyof PlanQueues
  | keyof BackorderQueue;

/**
 * Wraps every call of a store. It may wait before or after the call, omit it, make it twice, or lose its answer by
 * throwing after `proceed`.
 */
export type CallHook = <Answer>(
  call: StoreCall,
  args: readonly unknown[],
  proceed: () => Promise<Answer>,
) => Promise<Answer>;

export interface MemoryStoresOptions {
  readonly items: MemoryItems;
  /** Default: requests are carried out at once. */
  readonly send?: Send;
  readonly around?: CallHook;
}

/** The stores of all use cases of the stock. */
export interface MemoryStores extends ReserveStores {
  readonly reservations: ReservationStore;
  readonly holds: HoldConfirmation;
  readonly ledger: LedgerStore;
  readonly planQueues: PlanQueues;
  readonly queue: BackorderQueue;
}

/** Most keys of one read request: the store's limit. */
const maxKeys = 100;

/**
 * The inventory's stores over items in memory. They send the same requests as the adapters for DynamoDB. Any number of
 * them may share the items.
 */
export function memoryStores({ items, send = sendAtOnce(items), around }: MemoryStoresOptions): MemoryStores {
  const stores: MemoryStores = {
    reservations: reservationStore(send),
    holds: {
      confirm: (orderId, now) =>
        changeRecord(send, {
          key: reservationKey(orderId),
          condition: (item) => item?.st === 'HELD' && (item.expiresAt as string) > now,
          apply: (item) => ({ ...(item as Item), st: 'CONFIRMED' }),
        }),
    },
    stock: {
      async readStock({ orderId, skus, shards, locations }) {
        const keys = [reservationKey(orderId), ...skus.map(planKey), ...shards.map(shardKey)];
        const found = await readItems(send, keys, true);
        return {
          reservation: reservationOf(found.get(reservationKey(orderId))),
          plans: plansIn(found, skus),
          shards: shardsIn(found, shards),
          locations: locations ? [] : undefined,
        };
      },
    },
    planReader: {
      async plansAndLocations(skus, withLocations) {
        const found = await readItems(send, skus.map(planKey), false);
        return { plans: plansIn(found, skus), locations: withLocations ? [] : undefined };
      },
    },
    planStore: planStore(send),
    shards: shardStore(send),
    bindings: bindingStore(send),
    snapshotStore: {
      async readSnapshot(sku, copy) {
        const found = await readItems(send, [snapshotKey(sku, copy)], false);
        const item = found.get(snapshotKey(sku, copy));
        return item && snapshotOf(sku, item);
      },
      writeSnapshot: (copy, snapshot) => writeSnapshot(send, copy, snapshot),
      claimRead: (sku, copy, claim) => claimRead(send, sku, copy, claim),
    },
    ledger: {
      async planAndRecord(sku, entry) {
        const recordKeys = entry === undefined ? [] : [ledgerKey(entry.kind, entry.id)];
        const found = await readItems(send, [planKey(sku), ...recordKeys], true);
        const record = found.get(recordKeys[0] ?? '');
        return { plan: plansIn(found, [sku]).get(sku), record: record && ledgerRecordOf(record) };
      },
      post: (posting) => post(send, posting),
      book: (booking) => book(send, booking),
    },
    planQueues: {
      async plansAndQueues(skus, consistency) {
        const keys = [...skus.map(planKey), ...skus.map(queueKey)];
        const found = await readItems(send, keys, consistency === 'strong');
        return { plans: plansIn(found, skus), queues: queuesIn(found, skus) };
      },
    },
    queue: memoryQueue(send),
  };
  return around === undefined ? stores : hooked(stores, around);
}

function reservationStore(send: Send): ReservationStore {
  return {
    async find(orderId) {
      const found = await readItems(send, [reservationKey(orderId)], true);
      return reservationOf(found.get(reservationKey(orderId)));
    },
    hold: (reservation) => hold(send, reservation),
    forbid: (orderId) => forbid(send, orderId),
    change: (before, wanted) => change(send, before, wanted),
  };
}

function planStore(send: Send): PlanStore {
  return {
    async read(skus, consistency) {
      return plansIn(await readItems(send, skus.map(planKey), consistency === 'strong'), skus);
    },
    write: (plan) => writePlan(send, plan),
    async hotSkus() {
      const found = await readItems(send, hotKeys, false);
      return [...found.values()].flatMap(({ skus }) => [...((skus as ReadonlySet<string> | undefined) ?? [])]);
    },
  };
}

function shardStore(send: Send): ShardStore {
  return {
    async read(shards, consistency) {
      return shardsIn(await readItems(send, shards.map(shardKey), consistency === 'strong'), shards);
    },
    debit: (wanted) => debit(send, wanted),
    undoDebit: (units) => undoDebit(send, units),
    dropEntries: (shard, nonces) => dropEntries(send, shard, nonces),
    transfer: (wanted) => transfer(send, wanted),
    reopen: (plan, shards) => reopen(send, plan, shards),
  };
}

function bindingStore(send: Send): BindingStore {
  return {
    async boundAmong(entries, consistency) {
      const orderIds = [...new Set(entries.map(({ orderId }) => orderId))];
      const found = await readItems(send, orderIds.map(reservationKey), consistency === 'strong');
      const reservations = orderIds.flatMap((orderId): [string, Reservation][] => {
        const reservation = reservationOf(found.get(reservationKey(orderId)));
        return reservation === undefined ? [] : [[orderId, reservation]];
      });
      return boundAmong(entries, new Map(reservations));
    },
    voidNonce: (orderId, nonce) => voidNonce(send, orderId, nonce),
  };
}

function sendAtOnce(items: MemoryItems): Send {
  return async (request) => items.execute(request);
}

/** The same stores with a hook around every call. */
function hooked(stores: MemoryStores, around: CallHook): MemoryStores {
  const hookedStore = (store: object) => {
    const calls = Object.entries(store).map(([name, call]) => {
      const act = call as (...args: readonly unknown[]) => Promise<unknown>;
      return [name, (...args: unknown[]) => around(name as StoreCall, args, () => act(...args))];
    });
    return Object.fromEntries(calls);
  };
  const all = Object.entries(stores).map(([name, store]) => [name, hookedStore(store)]);
  return Object.fromEntries(all) as unknown as MemoryStores;
}

function plansIn(found: ReadonlyMap<string, Item>, skus: readonly string[]): Map<string, SkuPlan> {
  const plans = skus.flatMap((sku): [string, SkuPlan][] => {
    const item = found.get(planKey(sku));
    return item === undefined ? [] : [[sku, planOf(item)]];
  });
  return new Map(plans);
}

function shardsIn(found: ReadonlyMap<string, Item>, shards: readonly ShardId[]) {
  return shards.map((shard) => countersOf(shard, found.get(shardKey(shard))));
}

async function readItems(send: Send, asked: readonly string[], latest: boolean): Promise<Map<string, Item>> {
  const keys = [...new Set(asked)];
  const chunks: string[][] = [];
  for (let start = 0; start < keys.length; start += maxKeys) chunks.push(keys.slice(start, start + maxKeys));
  const answers = await Promise.all(chunks.map((chunk) => send({ kind: 'read', keys: chunk, latest })));
  return new Map(answers.flatMap((answer) => (answer.outcome === 'read' ? [...answer.items] : [])));
}
