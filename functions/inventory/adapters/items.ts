import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../shared/batch-get.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { OpenReservation, Part, Reservation } from '../domain/reservation.ts';
import type { ShardId, SkuPlan } from '../domain/shard-plan.ts';
import type { Receipt } from '../domain/stock-store.ts';
import type { ShardCounters } from '../domain/stock-table.ts';
import { holdBucketOf, planKey, prefixes, receiptKey, reservationKey } from './keys.ts';
import { sourcingFrom, sourcingText } from './sourcing-text.ts';

const count = z.int().check(z.minimum(0));

const partItem = z.object({
  line: z.string(),
  sku: z.string(),
  loc: z.string(),
  k: count,
  q: count,
  ship: z.optional(z.string()),
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
  path: z.literal('T'),
  rev: count,
  locations: z.array(z.object({ location: z.string(), shards: count, priority: count })),
  splitLines: z.optional(z.boolean()),
  safety: z.optional(z.record(z.string(), count)),
});

const receiptItem = z.object({ pk: z.string(), sku: z.string(), location: z.string(), quantity: count });

/** Short names: an order of ten lines stays under 1 kB and so costs one write unit. */
export function partsAttribute(parts: readonly Part[]) {
  const short = parts.map(({ lineId, sku, location, shard, quantity, shipmentId }) => ({
    line: lineId,
    sku,
    loc: location,
    k: shard,
    q: quantity,
    ship: shipmentId,
  }));
  return marshall({ parts: short }, { removeUndefinedValues: true }).parts ?? { L: [] };
}

/** A hold is in the index of expiries until it is confirmed or closed. */
export function holdItem({ orderId, state, expiresAt, parts, sourcing, revision }: OpenReservation): Item {
  return {
    pk: { S: reservationKey(orderId) },
    st: { S: state },
    expiresAt: { S: expiresAt },
    holdBucket: { S: holdBucketOf(orderId) },
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

/** @throws Error when the item is no reservation. */
export function reservationFrom(item: Item): Reservation {
  const parsed = z.parse(reservationItem, unmarshall(item));
  const orderId = parsed.pk.slice(prefixes.reservation.length);
  const parts = parsed.parts.map(({ line, sku, loc, k, q, ship }) => {
    const part = { lineId: line, sku, location: loc, shard: k, quantity: q };
    return ship === undefined ? part : { ...part, shipmentId: ship };
  });
  const reservation = { orderId, parts, sourcing: sourcingIn(parsed.src), revision: parsed.rev };
  if (parsed.st === 'RELEASED' || parsed.st === 'EXPIRED') return { ...reservation, state: parsed.st };
  return { ...reservation, state: parsed.st, expiresAt: parsed.expiresAt as Instant };
}

export function planItemOf({ sku, revision, ...plan }: SkuPlan): Item {
  return marshall({ pk: planKey(sku), rev: revision, ...plan }, { removeUndefinedValues: true });
}

/** @throws Error when the item is no plan. */
export function planFrom(item: Item): SkuPlan {
  const { pk, rev, ...plan } = z.parse(planItem, unmarshall(item));
  return { ...plan, sku: pk.slice(prefixes.plan.length), revision: rev };
}

export function receiptItemOf({ receiptId, sku, location, quantity }: Receipt): Item {
  return marshall({ pk: receiptKey(receiptId), sku, location, quantity });
}

/** @throws Error when the item is no receipt. */
export function receiptFrom(receiptId: string, item: Item): Receipt {
  const { sku, location, quantity } = z.parse(receiptItem, unmarshall(item));
  return { receiptId, sku, location, quantity };
}

/** A shard that does not exist has nothing. */
export function countersFrom(shard: ShardId, item: Item | undefined): ShardCounters {
  const column = (name: 'av' | 'rs' | 'sh') => Number(item?.[name]?.N ?? 0);
  return { ...shard, available: column('av'), reserved: column('rs'), shipped: column('sh') };
}
