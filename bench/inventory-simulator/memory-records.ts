import { type Snapshot, snapshotKey } from '../../functions/inventory/availability/index.ts';
import {
  type Booking,
  type LedgerRecord,
  ledgerKey,
  type Receipt,
  receiptIdIn,
} from '../../functions/inventory/ledger/index.ts';
import {
  type OpenReservation,
  type Part,
  type Reservation,
  reservationKey,
  reservationPrefix,
} from '../../functions/inventory/reservations/index.ts';
import { planKey, planPrefix, type ShardId, type SkuPlan } from '../../functions/inventory/sharding/index.ts';
import type { Instant } from '../../functions/shared/kernel/time.ts';
import { sourcingFrom, sourcingText } from '../../functions/shared/sourcing-text.ts';
import type { Item } from './memory-items.ts';

interface PartEntry {
  readonly line: string;
  readonly sku: string;
  readonly loc: string;
  readonly k: ShardId['shard'];
  readonly q: number;
  readonly ship?: string;
  readonly n?: string;
  readonly d?: true;
}

export const voidState = 'VOID';

/** Parts as stored in the table. */
export function partEntries(parts: readonly Part[]): PartEntry[] {
  return parts.map(({ lineId, sku, location, shard, quantity, shipmentId, nonce, due }) => ({
    line: lineId,
    sku,
    loc: location,
    k: shard,
    q: quantity,
    ...(shipmentId !== undefined && { ship: shipmentId }),
    ...(nonce !== undefined && { n: nonce }),
    ...(due && { d: due }),
  }));
}

export function holdRecord({ orderId, state, expiresAt, parts, sourcing, revision }: OpenReservation): Item {
  const record = { pk: reservationKey(orderId), st: state, expiresAt, rev: revision, parts: partEntries(parts) };
  return sourcing === undefined ? record : { ...record, src: sourcingText(sourcing) };
}

export function forbiddenRecord(orderId: string): Item {
  return { pk: reservationKey(orderId), st: 'RELEASED', rev: 0, parts: [] };
}

/** The voided nonces: no reservation of the order may bind them. */
export function voidedNonces(item: Item | undefined): ReadonlySet<string> {
  return item?.st === voidState ? (item.vn as ReadonlySet<string>) : new Set();
}

/** The reservation in an item; undefined for a record that only holds voided nonces. */
export function reservationOf(item: Item | undefined): Reservation | undefined {
  if (item === undefined || item.st === voidState) return undefined;
  const { pk, st, rev, expiresAt, parts, src } = item as unknown as {
    readonly pk: string;
    readonly st: Reservation['state'];
    readonly rev: number;
    readonly expiresAt: Instant;
    readonly parts: readonly PartEntry[];
    readonly src?: string;
  };
  const record = {
    orderId: pk.slice(reservationPrefix.length),
    parts: parts.map(({ line, sku, loc, k, q, ship, n, d }) => ({
      lineId: line,
      sku,
      location: loc,
      shard: k,
      quantity: q,
      ...(ship !== undefined && { shipmentId: ship }),
      ...(n !== undefined && { nonce: n }),
      ...(d && { due: d }),
    })),
    sourcing: src === undefined ? undefined : sourcingFrom(src),
    revision: rev,
  };
  return st === 'HELD' || st === 'CONFIRMED' ? { ...record, state: st, expiresAt } : { ...record, state: st };
}

export function planRecord({ sku, revision, ...plan }: SkuPlan): Item {
  return { pk: planKey(sku), ...plan, rev: revision };
}

export function planOf(item: Item): SkuPlan {
  const { pk, rev, ...plan } = item as unknown as Omit<SkuPlan, 'sku' | 'revision'> & { pk: string; rev: number };
  return { ...plan, sku: pk.slice(planPrefix.length), revision: rev };
}

export function ledgerItem({ kind, id, sku, at, body }: LedgerRecord): Item {
  return { ...body, pk: ledgerKey(kind, id), kind, sku, at };
}

export function ledgerRecordOf(item: Item): LedgerRecord {
  const { pk, kind, sku, at, ...body } = item as unknown as {
    readonly pk: string;
    readonly kind: LedgerRecord['kind'];
    readonly sku: string;
    readonly at: Instant;
  };
  return { kind, id: pk.slice(ledgerKey(kind, '').length), sku, at, body };
}

export function receiptItem({ receipt, recordId, at }: Pick<Booking, 'receipt' | 'recordId' | 'at'>): Item {
  const { sku, location, quantity } = receipt;
  return ledgerItem({ kind: 'receipt', id: recordId, sku, at, body: { location, quantity } });
}

export function receiptOf(item: Item): Receipt {
  const { id, sku, body } = ledgerRecordOf(item);
  return { receiptId: receiptIdIn(id), sku, ...(body as { readonly location: string; readonly quantity: number }) };
}

/**
 * A snapshot as stored in the table. Its units are lists by location (shard, units, shard, units, …), which keeps it
 * under a kilobyte.
 */
export function snapshotItem(copy: number, { sku, at, units, free, credits, creditsChangedAt }: Snapshot): Item {
  const byLocation: Record<string, number[]> = {};
  for (const { location, shard, available } of free) {
    const list = byLocation[location] ?? [];
    byLocation[location] = list;
    list.push(shard, available);
  }
  return { pk: snapshotKey(sku, copy), at, units, free: byLocation, credits, changed: creditsChangedAt };
}

export function snapshotOf(sku: string, item: Item): Snapshot {
  const { at, units, free, credits, changed, claimed } = item as unknown as {
    readonly at: number;
    readonly units: number;
    readonly free: Readonly<Record<string, readonly number[]>>;
    readonly credits: number;
    readonly changed: number;
    readonly claimed?: number;
  };
  const triples = Object.entries(free).flatMap(([location, list]) =>
    Array.from({ length: list.length / 2 }, (_, index) => ({
      location,
      shard: list[2 * index] ?? 0,
      available: list[2 * index + 1] ?? 0,
    })),
  );
  return {
    ...{ sku, at, units, credits },
    free: triples,
    creditsChangedAt: changed,
    ...(claimed !== undefined && { claimedUntil: claimed }),
  };
}
