import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  type BackorderedOrder,
  backorderFrom,
  backorderItemOf,
  backorderKey,
  type QueueTotals,
  queueKey,
} from '../../functions/inventory/backorders/index.ts';
import type { Action, Item } from './memory-items.ts';

/** The record of a queued order, as the table has it. */
export function backorderRecord(order: BackorderedOrder): Item {
  return unmarshall(backorderItemOf(order)) as Item;
}

export function backorderOf(item: Item): BackorderedOrder {
  return backorderFrom(marshall(item));
}

/** The queues of these SKUs; those that never had backorders are left out. */
export function queuesIn(found: ReadonlyMap<string, Item>, skus: readonly string[]): Map<string, QueueTotals> {
  return new Map(
    skus.flatMap((sku): [string, QueueTotals][] => {
      const item = found.get(queueKey(sku));
      return item === undefined ? [] : [[sku, { sku, units: unitsIn(item), revision: revisionOf(item) }]];
    }),
  );
}

/**
 * Changes the number of units that orders wait for, and increases the revision.
 *
 * @param queue with `revision`, the change requires that revision; 0 requires that the queue does not exist.
 * @param change units; a negative change requires that the queue has at least that many.
 */
export function queueChange(
  { sku, revision }: { readonly sku: string; readonly revision?: number },
  change: number,
): Action {
  const isRevision = (item: Item | undefined) => (revision === 0 ? item === undefined : item?.rev === revision);
  return {
    key: queueKey(sku),
    condition: (item) =>
      (revision === undefined || isRevision(item)) && (change >= 0 || (item !== undefined && unitsIn(item) >= -change)),
    apply: (item) => ({ pk: queueKey(sku), u: unitsIn(item) + change, rev: revisionOf(item) + 1 }),
  };
}

/** Sets the number of units to 0 where the queue counts fewer units than these. */
export function queueReset(
  { sku, revision }: { readonly sku: string; readonly revision?: number },
  fewerThan = Number.POSITIVE_INFINITY,
): Action {
  return {
    key: queueKey(sku),
    condition: (item) =>
      (item === undefined || unitsIn(item) < fewerThan) && (revision === undefined || item?.rev === revision),
    apply: (item) => ({ pk: queueKey(sku), u: 0, rev: revisionOf(item) + 1 }),
  };
}

/** Increases the revision of an existing queue. */
export function queueWake(sku: string): Action {
  return {
    key: queueKey(sku),
    condition: (item) => item !== undefined,
    apply: (item) => ({ ...(item as Item), rev: revisionOf(item) + 1 }),
  };
}

/** Replaces the record of a waiting order that has not changed since it was read. */
export function replaced(before: BackorderedOrder, changes: Partial<BackorderedOrder>): Action {
  const after = { ...before, ...changes, revision: before.revision + 1 };
  return { ...unchanged(before), apply: () => backorderRecord(after) };
}

/** Deletes the record of a waiting order that has not changed since it was read. */
export function removed(before: BackorderedOrder): Action {
  return { ...unchanged(before), apply: () => backorderRecord(before), remove: true };
}

function unchanged({ orderId, revision }: BackorderedOrder) {
  return {
    key: backorderKey(orderId),
    condition: (item: Item | undefined) => item?.st === 'WAITING' && item.rev === revision,
  };
}

export function unitsIn(item: Item | undefined): number {
  return (item?.u as number | undefined) ?? 0;
}

function revisionOf(item: Item | undefined): number {
  return (item?.rev as number | undefined) ?? 0;
}
