import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { RecordRequest } from '../../../shared/table-access.ts';
import {
  type Booking,
  type LedgerKind,
  type LedgerRecord,
  type Receipt,
  receiptIdIn,
} from '../domain/ledger-record.ts';

export const ledgerPrefix = stockKinds.ledger;
export const ledgerKey = (kind: LedgerKind, id: string) => `${ledgerPrefix}${kind}#${id}`;

const count = z.int().check(z.minimum(0));

const ledgerItem = z.looseObject({
  pk: z.string(),
  kind: z.enum(['receipt', 'adjustment', 'move', 'count']),
  sku: z.string(),
  at: z.string(),
});

const receiptBody = z.object({ location: z.string(), quantity: count });

export function ledgerItemOf({ kind, id, sku, at, body }: LedgerRecord): Item {
  return marshall({ ...body, pk: ledgerKey(kind, id), kind, sku, at }, { removeUndefinedValues: true });
}

/** @throws Error when the item is not a record of the ledger. */
export function ledgerRecordFrom(item: Item): LedgerRecord {
  const { pk, kind, sku, at, ...body } = z.parse(ledgerItem, unmarshall(item));
  return { kind, id: pk.slice(ledgerKey(kind, '').length), sku, at: at as Instant, body };
}

export function receiptItemOf({ receipt, recordId, at }: Pick<Booking, 'receipt' | 'recordId' | 'at'>): Item {
  const { sku, location, quantity } = receipt;
  return ledgerItemOf({ kind: 'receipt', id: recordId, sku, at, body: { location, quantity } });
}

/** @throws Error when the item is not a receipt. */
export function receiptFrom(item: Item): Receipt {
  const { id, sku, body } = ledgerRecordFrom(item);
  return { receiptId: receiptIdIn(id), sku, ...z.parse(receiptBody, body) };
}

/** Reads one record; undefined when the ledger does not have it. */
export function ledgerRecord(kind: LedgerKind, id: string): RecordRequest<LedgerRecord | undefined> {
  const key = ledgerKey(kind, id);
  return {
    keys: [key],
    read(items) {
      const item = items.get(key);
      return item && ledgerRecordFrom(item);
    },
  };
}
