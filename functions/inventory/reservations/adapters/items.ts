import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { sourcingFrom, sourcingText } from '../../../shared/sourcing-text.ts';
import { boardKey, entryPrefix, ledgerKey, planKey, prefixes, reservationKey } from '../../sharding/adapters/keys.ts';
import type { Board, JournalEntry, LedgerRecord, ShardCounters } from '../../sharding/commands/stock-table.ts';
import type { ShardId, SkuPlan } from '../../sharding/domain/shard-plan.ts';
import type { OpenReservation, Part, Reservation } from '../domain/reservation.ts';
import type { Receipt } from '../domain/stock-store.ts';

const count = z.int().check(z.minimum(0));
const instant = z.pipe(
  z.string(),
  z.transform((text) => text as Instant),
);

const partItem = z.object({
  line: z.string(),
  sku: z.string(),
  loc: z.string(),
  k: z.union([count, z.enum(['safety', 'backorder'])]),
  q: count,
  ship: z.optional(z.string()),
  n: z.optional(z.string()),
});

const record = { pk: z.string(), rev: count, parts: z.array(partItem), src: z.optional(z.string()) };

const reservationItem = z.discriminatedUnion('st', [
  z.object({ ...record, st: z.literal('HELD'), expiresAt: z.string() }),
  z.object({ ...record, st: z.literal('CONFIRMED'), expiresAt: z.string() }),
  z.object({ ...record, st: z.literal('RELEASED') }),
  z.object({ ...record, st: z.literal('EXPIRED') }),
]);

const planItem = z.object({
  pk: z.string(),
  path: z.enum(['T', 'J']),
  rev: count,
  locations: z.array(
    z.object({
      location: z.string(),
      shards: count,
      priority: count,
      mostShards: z.exactOptional(count),
      closingTo: z.exactOptional(count),
    }),
  ),
  lowAt: z.exactOptional(count),
  backorder: z.exactOptional(z.object({ mode: z.enum(['backorder', 'preorder']), limit: z.exactOptional(count) })),
  splitLines: z.exactOptional(z.boolean()),
  safety: z.exactOptional(z.record(z.string(), count)),
  changedAt: z.exactOptional(instant),
  keepUntil: z.exactOptional(instant),
  expectedPeakPerSecond: z.exactOptional(count),
});

const ledgerItem = z.looseObject({
  pk: z.string(),
  kind: z.enum(['receipt', 'adjustment', 'move', 'count']),
  sku: z.string(),
  at: z.string(),
});

const receiptBody = z.object({ location: z.string(), quantity: count });

const entryAttribute = z.object({ o: z.string(), q: count, t: count });

const boardItem = z.object({
  at: count,
  units: count,
  /** By location: shard, units, shard, units, … */
  free: z.record(z.string(), z.array(count)),
  credits: count,
  changed: count,
});

/** Short names: an order of ten lines stays under 1 kB and so costs one write unit. */
export function partsAttribute(parts: readonly Part[]) {
  const short = parts.map(({ lineId, sku, location, shard, quantity, shipmentId, nonce }) => ({
    line: lineId,
    sku,
    loc: location,
    k: shard,
    q: quantity,
    ship: shipmentId,
    n: nonce,
  }));
  return marshall({ parts: short }, { removeUndefinedValues: true }).parts ?? { L: [] };
}

export function holdItem({ orderId, state, expiresAt, parts, sourcing, revision }: OpenReservation): Item {
  return {
    pk: { S: reservationKey(orderId) },
    st: { S: state },
    expiresAt: { S: expiresAt },
    rev: { N: String(revision) },
    parts: partsAttribute(parts),
    ...(sourcing && { src: { S: sourcingText(sourcing) } }),
  };
}

function sourcingIn(text: string | undefined) {
  return text === undefined ? undefined : sourcingFrom(text);
}

/** An order that was released before it reserved anything. */
export function forbiddenItem(orderId: string): Item {
  return { pk: { S: reservationKey(orderId) }, st: { S: 'RELEASED' }, rev: { N: '0' }, parts: { L: [] } };
}

/** A record that only remembers nonces that no reservation may bind any more. */
export const isVoid = (item: Item) => item.st?.S === voidState;
export const voidState = 'VOID';

/** Undefined for a record that is no reservation yet. @throws Error when the item makes no sense. */
export function reservationFrom(item: Item): Reservation | undefined {
  if (isVoid(item)) return undefined;
  const parsed = z.parse(reservationItem, unmarshall(item));
  const orderId = parsed.pk.slice(prefixes.reservation.length);
  const parts = parsed.parts.map(({ line, sku, loc, k, q, ship, n }) => ({
    lineId: line,
    sku,
    location: loc,
    shard: k,
    quantity: q,
    ...(ship !== undefined && { shipmentId: ship }),
    ...(n !== undefined && { nonce: n }),
  }));
  const reservation = { orderId, parts, sourcing: sourcingIn(parsed.src), revision: parsed.rev };
  if (parsed.st === 'RELEASED' || parsed.st === 'EXPIRED') return { ...reservation, state: parsed.st };
  return { ...reservation, state: parsed.st, expiresAt: parsed.expiresAt as Instant };
}

export function planItemOf({ sku, revision, ...rest }: SkuPlan): Item {
  return marshall({ pk: planKey(sku), ...rest, rev: revision }, { removeUndefinedValues: true });
}

/** @throws Error when the item is no plan. */
export function planFrom(item: Item): SkuPlan {
  const { pk, rev, ...rest } = z.parse(planItem, unmarshall(item));
  return { sku: pk.slice(prefixes.plan.length), ...rest, revision: rev };
}

export function ledgerItemOf({ kind, id, sku, at, body }: LedgerRecord): Item {
  return marshall({ ...body, pk: ledgerKey(kind, id), kind, sku, at }, { removeUndefinedValues: true });
}

/** @throws Error when the item is no record of the ledger. */
export function ledgerRecordFrom(item: Item): LedgerRecord {
  const { pk, kind, sku, at, ...body } = z.parse(ledgerItem, unmarshall(item));
  return { kind, id: pk.slice(ledgerKey(kind, '').length), sku, at: at as Instant, body };
}

export function receiptItemOf({ receiptId, sku, location, quantity }: Receipt, at: Instant): Item {
  return ledgerItemOf({ kind: 'receipt', id: receiptId, sku, at, body: { location, quantity } });
}

/** @throws Error when the item is no receipt. */
export function receiptFrom(item: Item): Receipt {
  const { id, sku, body } = ledgerRecordFrom(item);
  return { receiptId: id, sku, ...z.parse(receiptBody, body) };
}

/** A shard that does not exist has nothing. */
export function countersFrom(shard: ShardId, item: Item | undefined): ShardCounters {
  const column = (name: 'av' | 'rs' | 'sh' | 'rc' | 'xi' | 'xo' | 'v') => Number(item?.[name]?.N ?? 0);
  return {
    ...shard,
    available: column('av'),
    reserved: column('rs'),
    shipped: column('sh'),
    received: column('rc'),
    movedIn: column('xi'),
    movedOut: column('xo'),
    credits: column('v'),
    ...(item?.cl?.N !== undefined && { closedTo: Number(item.cl.N) }),
    journal: journalFrom(item ?? {}),
  };
}

function journalFrom(item: Item): JournalEntry[] {
  return Object.entries(item).flatMap(([name, value]) => {
    if (!name.startsWith(entryPrefix)) return [];
    const { o, q, t } = z.parse(entryAttribute, unmarshall(value.M ?? {}));
    return [{ nonce: name.slice(entryPrefix.length), orderId: o, quantity: q, at: t }];
  });
}

export function boardItemOf(copy: number, { sku, at, units, free, credits, creditsChangedAt }: Board): Item {
  const byLocation: Record<string, number[]> = {};
  for (const { location, shard, available } of free) {
    const list = byLocation[location] ?? [];
    byLocation[location] = list;
    list.push(shard, available);
  }
  return marshall({ pk: boardKey(sku, copy), at, units, free: byLocation, credits, changed: creditsChangedAt });
}

/** @throws Error when the item is no board. */
export function boardFrom(sku: string, item: Item): Board {
  const { at, units, free, credits, changed } = z.parse(boardItem, unmarshall(item));
  const triples = Object.entries(free).flatMap(([location, list]) =>
    Array.from({ length: list.length / 2 }, (_, index) => ({
      location,
      shard: list[2 * index] ?? 0,
      available: list[2 * index + 1] ?? 0,
    })),
  );
  return { sku, at, units, free: triples, credits, creditsChangedAt: changed };
}
