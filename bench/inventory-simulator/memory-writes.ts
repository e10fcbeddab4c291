import {
  type LedgerRecord,
  type LedgerStore,
  ledgerKey,
  type Posting,
} from '../../functions/inventory/ledger/index.ts';
import {
  binds,
  type HoldConfirmation,
  maxVoided,
  perShard,
  type ReservationStore,
  reservationKey,
} from '../../functions/inventory/reservations/index.ts';
import {
  type BindingStore,
  debited,
  hotKeyOf,
  isHot,
  moved,
  type PlanStore,
  planKey,
  received,
  returned,
  type ShardChange,
  type ShardId,
  type ShardStore,
  type ShardWrite,
  type SkuPlan,
  shardName,
} from '../../functions/inventory/sharding/index.ts';
import type { Action, Item, Send, StoreAnswer } from './memory-items.ts';
import { queueChange } from './memory-queue-records.ts';
import {
  forbiddenRecord,
  holdRecord,
  ledgerItem,
  ledgerRecordOf,
  partEntries,
  planRecord,
  receiptItem,
  receiptOf,
  reservationOf,
  voidedNonces,
  voidState,
} from './memory-records.ts';
import { countersOf, shardAction, shardCheck } from './memory-shards.ts';

type Parameter<Store, Call extends keyof Store> = Store[Call] extends (...args: infer Args) => unknown
  ? Args[0]
  : never;

const recordPosition = 0;

/** The condition that the order has no reservation and none of these nonces is voided. */
export function isUnreserved(nonces: readonly string[]) {
  return (item: Item | undefined) =>
    item === undefined || (item.st === voidState && !nonces.some((nonce) => voidedNonces(item).has(nonce)));
}

/** The shards among the items whose condition failed, as they were. */
function refusingShards(writes: readonly ShardWrite[], found: ReadonlyMap<number, Item | undefined>, first: number) {
  return writes.flatMap(({ shard }, index) => {
    const position = first + index;
    return found.has(position) ? [countersOf(shard, found.get(position))] : [];
  });
}

export async function hold(
  send: Send,
  reservation: Parameter<ReservationStore, 'hold'>,
): ReturnType<ReservationStore['hold']> {
  const { orderId, parts } = reservation;
  const nonces = parts.flatMap(({ nonce }) => nonce ?? []);
  const put: Action = {
    key: reservationKey(orderId),
    condition: isUnreserved(nonces),
    apply: () => holdRecord(reservation),
  };
  const writes = perShard(parts.filter(({ nonce }) => nonce === undefined)).map(({ quantity, ...unit }) =>
    debited(unit, quantity),
  );
  const answer = await send(
    writes.length === 0
      ? { kind: 'write', action: put, once: true }
      : { kind: 'transact', actions: [put, ...writes.map(shardAction)] },
  );
  if (answer.outcome === 'done') return { outcome: 'held' };
  if (answer.outcome !== 'refused') return { outcome: 'contended', shards: undefined };
  if (answer.found.get(recordPosition) !== undefined) {
    const known = reservationOf(answer.found.get(recordPosition));
    return known === undefined ? { outcome: 'voided' } : { outcome: 'exists', reservation: known };
  }
  return { outcome: 'insufficient', shards: refusingShards(writes, answer.found, 1) };
}

export async function changeRecord(send: Send, action: Action): ReturnType<HoldConfirmation['confirm']> {
  const answer = await send({ kind: 'write', action });
  if (answer.outcome === 'done') return { outcome: 'done' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  return { outcome: 'changed', reservation: reservationOf(answer.found.get(0)) };
}

export function forbid(send: Send, orderId: string): ReturnType<ReservationStore['forbid']> {
  return changeRecord(send, {
    key: reservationKey(orderId),
    condition: isUnreserved([]),
    apply: () => forbiddenRecord(orderId),
  });
}

export async function change(
  send: Send,
  before: Parameter<ReservationStore, 'change'>,
  { after, kind, units }: Parameters<ReservationStore['change']>[1],
): ReturnType<ReservationStore['change']> {
  const record: Action = {
    key: reservationKey(before.orderId),
    condition: (item) => item?.st === before.state && item.rev === before.revision,
    apply: (item) => ({ ...(item as Item), st: after.state, rev: after.revision, parts: partEntries(after.parts) }),
  };
  const shipped = units.map(
    ({ location, sku, shard, quantity, nonces }): ShardWrite => ({
      shard: { location, sku, shard },
      add: { rs: -quantity, sh: quantity },
      drops: nonces,
    }),
  );
  const writes = kind === 'release' ? returned(units) : shipped;
  const answer = await send({ kind: 'transact', actions: [record, ...writes.map(shardAction)] });
  if (answer.outcome === 'done') return { outcome: 'done' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  if (answer.found.has(recordPosition)) {
    return { outcome: 'changed', reservation: reservationOf(answer.found.get(recordPosition)) };
  }
  const shards = refusingShards(writes, answer.found, 1);
  if (shards.some(({ closedTo }) => closedTo !== undefined)) return { outcome: 'closed', shards };
  throw new Error(`order ${before.orderId}: too little is reserved in ${shards.map(shardName).join(', ')}`);
}

export async function voidNonce(send: Send, orderId: string, nonce: string): ReturnType<BindingStore['voidNonce']> {
  const key = reservationKey(orderId);
  const mayAdd = (voided: ReadonlySet<string>) => voided.size < maxVoided || voided.has(nonce);
  const answer = await send({
    kind: 'write',
    action: {
      key,
      condition: (item) => item === undefined || (item.st === voidState && mayAdd(voidedNonces(item))),
      apply: (item) => ({ pk: key, st: voidState, vn: new Set([...voidedNonces(item), nonce]) }),
    },
  });
  if (answer.outcome === 'done') return { outcome: 'voided' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const reservation = reservationOf(answer.found.get(0));
  return reservation === undefined ? { outcome: 'full' } : { outcome: binds(reservation, nonce) ? 'bound' : 'voided' };
}

export async function book(send: Send, booking: Parameter<LedgerStore, 'book'>): ReturnType<LedgerStore['book']> {
  const { receipt, recordId, parts, plan, queue } = booking;
  const { location, sku } = receipt;
  const record: Action = {
    key: ledgerKey('receipt', recordId),
    condition: (item) => item === undefined,
    apply: () => receiptItem(booking),
  };
  const writes = parts.map(
    ({ shard, quantity, ifAvailable }): ShardWrite => ({
      ...received({ location, sku, shard }, quantity),
      ...(ifAvailable !== undefined && { ifAvailable }),
    }),
  );
  const plans = plan === undefined ? [] : [putPlan(plan)];
  const queues = queue === undefined ? [] : [queueChange({ sku, revision: queue }, 0)];
  const answer = await send({ kind: 'transact', actions: [record, ...writes.map(shardAction), ...plans, ...queues] });
  if (answer.outcome === 'done') return { outcome: 'booked' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const existing = answer.found.get(recordPosition);
  if (existing !== undefined) return { outcome: 'exists', receipt: receiptOf(existing) };
  const closed = refusingShards(writes, answer.found, 1);
  return closed.length > 0 ? { outcome: 'closed', shards: closed } : { outcome: 'plan-changed' };
}

export async function transfer(
  send: Send,
  wanted: Parameter<ShardStore, 'transfer'>,
): ReturnType<ShardStore['transfer']> {
  const answer: StoreAnswer = await send({ kind: 'transact', actions: moved(wanted).map(shardAction) });
  if (answer.outcome === 'done' || answer.outcome === 'refused') return { outcome: answer.outcome };
  return { outcome: 'contended' };
}

/** The write of a plan over the revision before it, or of the first revision where there is no plan. */
function putPlan(plan: SkuPlan): Action {
  return {
    key: planKey(plan.sku),
    condition: (item) => (item?.rev ?? 0) === plan.revision - 1,
    apply: () => planRecord(plan),
  };
}

export async function writePlan(send: Send, plan: SkuPlan): ReturnType<PlanStore['write']> {
  const list: Action = {
    key: hotKeyOf(plan.sku),
    apply: (item) => {
      const skus = new Set(item?.skus as ReadonlySet<string> | undefined);
      if (isHot(plan)) skus.add(plan.sku);
      else skus.delete(plan.sku);
      return { pk: hotKeyOf(plan.sku), skus };
    },
  };
  const answer = await send({ kind: 'transact', actions: [putPlan(plan), list] });
  return answer.outcome === 'done' ? 'written' : 'changed';
}

export async function reopen(
  send: Send,
  { sku, revision }: Pick<SkuPlan, 'sku' | 'revision'>,
  shards: readonly ShardId[],
): ReturnType<ShardStore['reopen']> {
  const opened = shards.map((shard) => shardAction({ shard, add: {}, reopen: true }));
  const answer = await send({ kind: 'transact', actions: [checkPlan(sku, revision), ...opened] });
  if (answer.outcome === 'done') return { outcome: 'done' };
  return answer.outcome === 'refused' ? { outcome: 'plan-changed' } : { outcome: 'contended' };
}

export async function post(send: Send, { sku, changes, record, plan }: Posting): ReturnType<LedgerStore['post']> {
  const records = record === undefined ? [] : [putLedger(record)];
  const plans = plan === undefined ? [] : ['write' in plan ? putPlan(plan.write) : checkPlan(sku, plan.require)];
  const answer = await send({ kind: 'transact', actions: [...records, ...changes.map(posted), ...plans] });
  if (answer.outcome === 'done') return { outcome: 'posted' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const existing = record && answer.found.get(0);
  return existing === undefined ? { outcome: 'changed' } : { outcome: 'repeated', record: ledgerRecordOf(existing) };
}

function posted({ in: units = 0, out = 0, ifAvailable, ifUntouched, ...shard }: ShardChange): Action {
  if (units === 0 && out === 0 && ifUntouched !== undefined) return shardCheck(shard, ifUntouched);
  const write =
    units > 0
      ? { add: { av: units, xi: units, v: 1 }, mayBeNew: true, whileOpen: true }
      : { add: { av: -out, xo: out } };
  return shardAction({
    shard,
    ...write,
    ...(ifAvailable !== undefined && { ifAvailable }),
    ...(ifUntouched !== undefined && { ifUntouched }),
  });
}

/** The check that a plan has this revision; 0 stands for a SKU without a plan. */
function checkPlan(sku: string, revision: number): Action {
  const key = planKey(sku);
  return { key, condition: (item) => (item?.rev ?? 0) === revision, apply: () => ({ pk: key }), check: true };
}

function putLedger(record: LedgerRecord): Action {
  return {
    key: ledgerKey(record.kind, record.id),
    condition: (item) => item === undefined,
    apply: () => ledgerItem(record),
  };
}
