import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { transact, writeIf } from '../../../shared/conditional-writes.ts';
import { countersFrom } from '../../reservations/adapters/items.ts';
import type { Debit, DebitOutcome, Return, UndoOutcome } from '../commands/stock-table.ts';
import type { ShardId } from '../domain/shard-plan.ts';
import type { StockTableOptions } from './dynamodb-stock-table.ts';
import { entryPrefix } from './keys.ts';
import { returned } from './return-units.ts';
import { debited, shardUpdate } from './shard-updates.ts';

/** One write unit, on the client that sends once. */
export async function writeDebit({ once, table }: StockTableOptions, debit: Debit): Promise<DebitOutcome> {
  const { location, sku, shard, quantity, settled } = debit;
  const id = { location, sku, shard };
  const update = shardUpdate(table, { ...debited(id, quantity), newEntry: debit, settled });
  const write = async () => {
    const { Attributes } = await once.send(new UpdateItemCommand({ ...update, ReturnValues: 'ALL_NEW' }));
    after = Attributes;
  };
  let after: Parameters<typeof countersFrom>[1];
  const result = await writeIf(write);
  if (result.outcome === 'contended') return result;
  if (result.outcome === 'done') return { outcome: 'debited', shard: countersFrom(id, after) };
  const found = countersFrom(id, result.found);
  // The network may repeat what we send once. An entry of ours says that it was done.
  const ours = result.found?.[entryPrefix + debit.nonce] !== undefined;
  return { outcome: ours ? 'debited' : 'short', shard: found };
}

/** One write unit; four when the shard is closed. */
export async function undoDebit(
  { client, table }: StockTableOptions,
  units: Return & { readonly nonce: string },
): Promise<UndoOutcome> {
  const { location, sku, shard, nonce } = units;
  const writes = returned([{ ...units, nonces: [], oldEntry: nonce }]);
  const updates = writes.map((write) => shardUpdate(table, write));
  const [alone] = updates;
  if (alone === undefined) throw new Error('nothing to give back');
  const result =
    updates.length === 1
      ? await writeIf(() => client.send(new UpdateItemCommand(alone)))
      : await transact(
          client,
          updates.map((update) => ({ Update: update })),
        );
  if (result.outcome === 'done') return { outcome: 'undone' };
  if (result.outcome === 'contended') return result;
  const found = result.found instanceof Map ? result.found : new Map([[0, result.found]]);
  if (found.has(0) && found.get(0)?.[entryPrefix + nonce] === undefined) return { outcome: 'gone' };
  const shards = [...found].map(([position, item]) => countersFrom(writes[position]?.shard ?? units, item));
  if (shards.some(({ closedTo }) => closedTo !== undefined)) return { outcome: 'closed', shards };
  throw new Error(`the entry ${nonce} holds more than is reserved in ${location}#${sku}#${shard}`);
}

/** One write unit for any number of entries. Sent once: it only tidies up, and whoever does it may be serving a buyer. */
export async function dropEntries(
  { once, table }: StockTableOptions,
  shard: ShardId,
  nonces: readonly string[],
): Promise<void> {
  const update = shardUpdate(table, { shard, add: {}, settled: nonces });
  await writeIf(() => once.send(new UpdateItemCommand(update)));
}
