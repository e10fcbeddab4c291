import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { transact } from '../../../shared/conditional-writes.ts';
import { ledgerPut } from '../../ledger/adapters/write-postings.ts';
import { countersFrom, ledgerRecordFrom } from '../../reservations/adapters/items.ts';
import type { Transfer, TransferOutcome } from '../commands/stock-table.ts';
import type { StockTableOptions } from './dynamodb-stock-table.ts';
import { moved, shardUpdate } from './shard-updates.ts';

/** Two write units for each shard, and two for the record. */
export async function transferUnits(
  { client, table }: StockTableOptions,
  transfer: Transfer,
): Promise<TransferOutcome> {
  const writes = moved(transfer);
  const record: TransactWriteItem[] = transfer.ledger === undefined ? [] : [{ Put: ledgerPut(table, transfer.ledger) }];
  const updates = writes.map((write) => ({ Update: shardUpdate(table, write) }));
  const result = await transact(client, [...updates, ...record]);
  if (result.outcome !== 'refused') return result;
  const existing = result.found.get(updates.length);
  if (existing !== undefined) return { outcome: 'repeated', record: ledgerRecordFrom(existing) };
  const shards = writes.flatMap(({ shard }, position) =>
    result.found.has(position) ? countersFrom(shard, result.found.get(position)) : [],
  );
  return { outcome: 'refused', shards };
}
