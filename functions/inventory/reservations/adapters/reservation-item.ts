import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { sourcingFrom, sourcingText } from '../../../shared/sourcing-text.ts';
import type { RecordRequest } from '../../../shared/table-access.ts';
import type { OpenReservation, Part, Reservation } from '../domain/reservation.ts';

export const reservationPrefix = stockKinds.reservation;
export const reservationKey = (orderId: string) => reservationPrefix + orderId;

const count = z.int().check(z.minimum(0));

const partItem = z.object({
  line: z.string(),
  sku: z.string(),
  loc: z.string(),
  k: z.union([count, z.enum(['safety', 'backorder'])]),
  q: count,
  ship: z.optional(z.string()),
  n: z.optional(z.string()),
  d: z.optional(z.literal(true)),
});

const record = { pk: z.string(), rev: count, parts: z.array(partItem), src: z.optional(z.string()) };

const reservationItem = z.discriminatedUnion('st', [
  z.object({ ...record, st: z.literal('HELD'), expiresAt: z.string() }),
  z.object({ ...record, st: z.literal('CONFIRMED'), expiresAt: z.string() }),
  z.object({ ...record, st: z.literal('RELEASED') }),
  z.object({ ...record, st: z.literal('EXPIRED') }),
]);

/**
 * The attribute of a reservation's parts. Names are short, so that an order of ten lines stays under 1 kB and costs one
 * write unit.
 */
export function partsAttribute(parts: readonly Part[]) {
  const short = parts.map(({ lineId, sku, location, shard, quantity, shipmentId, nonce, due }) => ({
    line: lineId,
    sku,
    loc: location,
    k: shard,
    q: quantity,
    ship: shipmentId,
    n: nonce,
    d: due,
  }));
  return marshall({ parts: short }, { removeUndefinedValues: true }).parts ?? { L: [] };
}

function holdItem({ orderId, state, expiresAt, parts, sourcing, revision }: OpenReservation): Item {
  return {
    pk: { S: reservationKey(orderId) },
    st: { S: state },
    expiresAt: { S: expiresAt },
    rev: { N: String(revision) },
    parts: partsAttribute(parts),
    ...(sourcing && { src: { S: sourcingText(sourcing) } }),
  };
}

/** The write of a new reservation. Condition: the order has none, and no nonce of the parts is voided. */
export function reservationPut(table: string, reservation: OpenReservation) {
  const nonces = new Set(reservation.parts.flatMap(({ nonce }) => nonce ?? []));
  return {
    TableName: table,
    Item: holdItem(reservation),
    ...unlessReserved([...nonces]),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The item of an order that was released before it reserved anything. */
export function forbiddenItem(orderId: string): Item {
  return { pk: { S: reservationKey(orderId) }, st: { S: 'RELEASED' }, rev: { N: '0' }, parts: { L: [] } };
}

/** State of a record that only holds nonces that no reservation may bind any more. */
export const voidState = 'VOID';

/**
 * The reservation in an item; undefined for a record that only holds voided nonces.
 *
 * @throws Error when the item is not a reservation.
 */
export function reservationFrom(item: Item): Reservation | undefined {
  if (item.st?.S === voidState) return undefined;
  const parsed = z.parse(reservationItem, unmarshall(item));
  const orderId = parsed.pk.slice(reservationPrefix.length);
  const parts = parsed.parts.map(({ line, sku, loc, k, q, ship, n, d }) => ({
    lineId: line,
    sku,
    location: loc,
    shard: k,
    quantity: q,
    ...(ship !== undefined && { shipmentId: ship }),
    ...(n !== undefined && { nonce: n }),
    ...(d && { due: d }),
  }));
  const reservation = {
    orderId,
    parts,
    sourcing: parsed.src === undefined ? undefined : sourcingFrom(parsed.src),
    revision: parsed.rev,
  };
  if (parsed.st === 'RELEASED' || parsed.st === 'EXPIRED') return { ...reservation, state: parsed.st };
  return { ...reservation, state: parsed.st, expiresAt: parsed.expiresAt as Instant };
}

/** The reservations of these orders, by order; those without one are left out. */
export function reservationRecords(orderIds: readonly string[]): RecordRequest<ReadonlyMap<string, Reservation>> {
  return {
    keys: orderIds.map(reservationKey),
    read: (items) =>
      new Map(
        orderIds.flatMap((orderId) => {
          const item = items.get(reservationKey(orderId));
          const reservation = item && reservationFrom(item);
          return reservation === undefined ? [] : [[orderId, reservation] as const];
        }),
      ),
  };
}

/** The condition that the order has no reservation and none of these nonces is voided. */
export function unlessReserved(nonces: readonly string[]) {
  const names = nonces.map((_, index) => `:n${index}`);
  const bindable = names.map((name) => ` AND NOT contains(vn, ${name})`).join('');
  return {
    ConditionExpression: `attribute_not_exists(pk) OR (st = :void${bindable})`,
    ExpressionAttributeValues: {
      ':void': { S: voidState },
      ...Object.fromEntries(nonces.map((nonce, index) => [`:n${index}`, { S: nonce }])),
    },
  };
}
