import type { Update } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import type { RecordRequest } from '../../../shared/table-access.ts';
import type { BackorderedOrder, QueueTotals } from '../domain/backorder.ts';

export const queuePrefix = stockKinds.queue;
export const queueKey = (sku: string) => queuePrefix + sku;
export const backorderPrefix = stockKinds.backorder;
export const backorderKey = (orderId: string) => backorderPrefix + orderId;
/** The sparse index of waiting orders: it contains the items that have the attribute `waitSku`. */
export const arrivalIndex = 'byArrival';

const count = z.int().check(z.minimum(0));

const backorderItem = z.object({
  pk: z.string(),
  st: z.enum(['WAITING', 'FILLED']),
  sku: z.string(),
  q: count,
  mode: z.enum(['backorder', 'preorder']),
  since: z.string(),
  lines: z.array(z.object({ lineId: z.string(), sku: z.string(), quantity: count })),
  destination: z.exactOptional(z.object({ country: z.string(), postalArea: z.string() })),
  split: z.exactOptional(z.boolean()),
  corr: z.string(),
  trace: z.string(),
  /** Absent in items of the first release: an order then joined in its first run. */
  ver: z.exactOptional(count),
  rev: count,
});

const queueItem = z.object({ u: count, rev: count });

const states = { waiting: 'WAITING', filled: 'FILLED' } as const;

/** Only a waiting order has the attributes of the index. */
export function backorderItemOf(order: BackorderedOrder): Item {
  const { orderId, state, sku, units, mode, since, lines, destination, allowSplitShipments, revision } = order;
  return marshall(
    {
      pk: backorderKey(orderId),
      st: states[state],
      sku,
      q: units,
      mode,
      since,
      lines: lines.map(({ lineId, sku: wanted, quantity }) => ({ lineId, sku: wanted, quantity })),
      destination: destination && { country: destination.country, postalArea: destination.postalArea },
      split: allowSplitShipments,
      corr: order.correlationId,
      trace: order.traceparent,
      ver: order.orderVersion,
      rev: revision,
      ...(state === 'waiting' && { waitSku: sku, waitSince: since }),
    },
    { removeUndefinedValues: true },
  );
}

/** @throws Error when the item is not a backorder. */
export function backorderFrom(item: Item): BackorderedOrder {
  const {
    pk,
    st,
    sku,
    q,
    mode,
    since,
    lines,
    destination,
    split,
    corr,
    trace,
    ver = 1,
    rev,
  } = z.parse(backorderItem, unmarshall(item));
  return {
    orderId: pk.slice(backorderPrefix.length),
    state: st === 'WAITING' ? 'waiting' : 'filled',
    ...{ sku, units: q, mode, since, lines, destination, allowSplitShipments: split },
    ...{ correlationId: corr, traceparent: trace, orderVersion: ver, revision: rev },
  };
}

/** The queues of these SKUs, by SKU; those that never had backorders are left out. */
export function queueRecords(skus: readonly string[]): RecordRequest<ReadonlyMap<string, QueueTotals>> {
  return {
    keys: skus.map(queueKey),
    read: (items) =>
      new Map(
        skus.flatMap((sku) => {
          const item = items.get(queueKey(sku));
          if (item === undefined) return [];
          const { u, rev } = z.parse(queueItem, unmarshall(item));
          return [[sku, { sku, units: u, revision: rev }] as const];
        }),
      ),
  };
}

/**
 * Sets the number of units that orders wait for to 0 and increases the revision, in place of an update for which the
 * queue counts too few units, or no order at all.
 *
 * @param fewerThan condition: the queue counts fewer units.
 */
export function queueReset(
  table: string,
  { sku, revision }: { readonly sku: string; readonly revision?: number },
  fewerThan = Number.MAX_SAFE_INTEGER,
): Update & { readonly UpdateExpression: string } {
  return {
    TableName: table,
    Key: { pk: { S: queueKey(sku) } },
    UpdateExpression: 'SET u = :zero, rev = if_not_exists(rev, :zero) + :one',
    ConditionExpression: `(attribute_not_exists(pk) OR u < :units)${revision === undefined ? '' : ' AND rev = :revision'}`,
    ExpressionAttributeValues: {
      ':zero': { N: '0' },
      ':one': { N: '1' },
      ':units': { N: String(fewerThan) },
      ...(revision !== undefined && { ':revision': { N: String(revision) } }),
    },
  };
}

/**
 * Changes the number of units that orders wait for, and increases the revision.
 *
 * @param queue with `revision`, the update requires that revision; 0 requires that the queue does not exist.
 * @param change units; a negative change requires that the queue has at least that many.
 */
export function queueUpdate(
  table: string,
  queue: { readonly sku: string; readonly revision?: number },
  change: number,
): Update & { readonly UpdateExpression: string } {
  const { sku, revision } = queue;
  const conditions = revision === 0 ? ['attribute_not_exists(pk)'] : revision === undefined ? [] : ['rev = :revision'];
  if (change < 0) conditions.push('u >= :least');
  return {
    TableName: table,
    Key: { pk: { S: queueKey(sku) } },
    UpdateExpression: 'SET u = if_not_exists(u, :zero) + :change, rev = if_not_exists(rev, :zero) + :one',
    ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
    ExpressionAttributeValues: {
      ':zero': { N: '0' },
      ':one': { N: '1' },
      ':change': { N: String(change) },
      ...(revision !== undefined && revision > 0 && { ':revision': { N: String(revision) } }),
      ...(change < 0 && { ':least': { N: String(-change) } }),
    },
  };
}
