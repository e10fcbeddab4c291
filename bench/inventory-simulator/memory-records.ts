import { planKey, prefixes, receiptKey, reservationKey } from '../../functions/inventory/adapters/keys.ts';
import type { OpenReservation, Part, Reservation } from '../../functions/inventory/domain/reservation.ts';
import type { SkuPlan } from '../../functions/inventory/domain/shard-plan.ts';
import type { Receipt } from '../../functions/inventory/domain/stock-store.ts';
import type { Instant } from '../../functions/shared/kernel/time.ts';
import type { Item } from './memory-items.ts';

interface PartEntry {
  readonly line: string;
  readonly sku: string;
  readonly loc: string;
  readonly k: number;
  readonly q: number;
  readonly ship?: string;
}

/** Parts as the table has them. */
export function partEntries(parts: readonly Part[]): PartEntry[] {
  return parts.map(({ lineId, sku, location, shard, quantity, shipmentId }) => ({
    line: lineId,
    sku,
    loc: location,
    k: shard,
    q: quantity,
    ...(shipmentId !== undefined && { ship: shipmentId }),
  }));
}

export function holdRecord({ orderId, state, expiresAt, parts, revision }: OpenReservation): Item {
  return { pk: reservationKey(orderId), st: state, expiresAt, rev: revision, parts: partEntries(parts) };
}

export function forbiddenRecord(orderId: string): Item {
  return { pk: reservationKey(orderId), st: 'RELEASED', rev: 0, parts: [] };
}

export function reservationOf(item: Item): Reservation {
  const { pk, st, rev, expiresAt, parts } = item as unknown as {
    readonly pk: string;
    readonly st: Reservation['state'];
    readonly rev: number;
    readonly expiresAt: Instant;
    readonly parts: readonly PartEntry[];
  };
  const record = {
    orderId: pk.slice(prefixes.reservation.length),
    parts: parts.map(({ line, sku, loc, k, q, ship }) => ({
      lineId: line,
      sku,
      location: loc,
      shard: k,
      quantity: q,
      ...(ship !== undefined && { shipmentId: ship }),
    })),
    revision: rev,
  };
  return st === 'HELD' || st === 'CONFIRMED' ? { ...record, state: st, expiresAt } : { ...record, state: st };
}

export function planRecord({ sku, locations, path, revision }: SkuPlan): Item {
  return { pk: planKey(sku), locations, path, rev: revision };
}

export function planOf(item: Item): SkuPlan {
  const { pk, locations, path, rev } = item as unknown as {
    readonly pk: string;
    readonly locations: SkuPlan['locations'];
    readonly path: SkuPlan['path'];
    readonly rev: number;
  };
  return { sku: pk.slice(prefixes.plan.length), locations, path, revision: rev };
}

export function receiptRecord({ receiptId, sku, location, quantity }: Receipt): Item {
  return { pk: receiptKey(receiptId), sku, location, quantity };
}

export function receiptOf(receiptId: string, item: Item): Receipt {
  const { sku, location, quantity } = item as unknown as Omit<Receipt, 'receiptId'>;
  return { receiptId, sku, location, quantity };
}
