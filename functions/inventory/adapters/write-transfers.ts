import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Transfer, TransferOutcome } from '../domain/stock-table.ts';
import { transact } from './conditional-writes.ts';
import type { StockTableOptions } from './dynamodb-stock-table.ts';
import { countersFrom, ledgerRecordFrom } from './items.ts';
import { type ShardWrite, shardUpdate } from './shard-updates.ts';
import { ledgerPut } from './write-postings.ts';

/** Two write units for each shard, and two for the record. */
export async function transferUnits(
  { client, table }: StockTableOptions,
  transfer: Transfer,
): Promise<TransferOutcome> {
  const writes = shardWrites(transfer);
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

function shardWrites({ from, to, quantity, ifAvailable, close, reopen }: Transfer): ShardWrite[] {
  const writes: ShardWrite[] = [];
  if (from !== undefined) {
    writes.push({
      shard: from,
      add: quantity === 0 ? {} : { av: -quantity, xo: quantity },
      // Closing a shard that nothing was ever put into makes it, closed.
      mayBeNew: quantity === 0,
      ...(ifAvailable !== undefined && { ifAvailable }),
      ...(close === undefined ? { whileOpen: true } : { close }),
    });
  }
  if (to !== undefined && (quantity > 0 || reopen)) {
    writes.push({
      shard: to,
      add: quantity === 0 ? {} : { av: quantity, xi: quantity, v: 1 },
      mayBeNew: true,
      ...(reopen ? { reopen } : { whileOpen: true }),
    });
  }
  return writes;
}
