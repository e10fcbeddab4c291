import type { Update } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { lineKey, prefixes, waitingKey } from '../../sharding/adapters/keys.ts';
import type { WaitingLine, WaitingOrder } from '../commands/backorder-queue.ts';

const count = z.int().check(z.minimum(0));

const waitingItem = z.object({
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
  rev: count,
});

const lineItem = z.object({ u: count, rev: count });

const states = { waiting: 'WAITING', filled: 'FILLED' } as const;

/** Only an order that waits has the attributes of the index. */
export function waitingItemOf(order: WaitingOrder): Item {
  const { orderId, state, sku, units, mode, since, lines, destination, allowSplitShipments, revision } = order;
  return marshall(
    {
      pk: waitingKey(orderId),
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
      rev: revision,
      ...(state === 'waiting' && { waitSku: sku, waitSince: since }),
    },
    { removeUndefinedValues: true },
  );
}

/** @throws Error when the item is no order that waits. */
export function waitingFrom(item: Item): WaitingOrder {
  const { pk, st, sku, q, mode, since, lines, destination, split, corr, trace, rev } = z.parse(
    waitingItem,
    unmarshall(item),
  );
  return {
    orderId: pk.slice(prefixes.waiting.length),
    state: st === 'WAITING' ? 'waiting' : 'filled',
    ...{ sku, units: q, mode, since, lines, destination, allowSplitShipments: split },
    ...{ correlationId: corr, traceparent: trace, revision: rev },
  };
}

export function linesFrom(skus: readonly string[], items: ReadonlyMap<string, Item>): ReadonlyMap<string, WaitingLine> {
  const found = skus.flatMap((sku) => {
    const item = items.get(lineKey(sku));
    if (item === undefined) return [];
    const { u, rev } = z.parse(lineItem, unmarshall(item));
    return [[sku, { sku, units: u, revision: rev }] as const];
  });
  return new Map(found);
}

/**
 * Changes how many units are waited for. Given a revision, only if it is still that; else only if there are as many as
 * leave.
 */
export function lineUpdate(
  table: string,
  line: { readonly sku: string; readonly revision?: number },
  change: number,
): Update & { readonly UpdateExpression: string } {
  const { sku, revision } = line;
  const conditions = revision === 0 ? ['attribute_not_exists(pk)'] : revision === undefined ? [] : ['rev = :revision'];
  if (change < 0) conditions.push('u >= :least');
  return {
    TableName: table,
    Key: { pk: { S: lineKey(sku) } },
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
