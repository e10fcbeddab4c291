import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/batch-get.ts';
import { transact, writeIf } from '../../../shared/conditional-writes.ts';
import { readRecords, type TableAccess } from '../../../shared/table-access.ts';
import type { DebitOutcome, ReopenOutcome, ShardStore, TransferOutcome, UndoOutcome } from '../commands/shard-store.ts';
import type { Debit, Return, Transfer } from '../domain/shard.ts';
import type { ShardId, SkuPlan } from '../domain/shard-plan.ts';
import { planCheck } from './plan-item.ts';
import { returned } from './return-units.ts';
import { countersFrom, entryPrefix, shardRecords } from './shard-item.ts';
import { debited, moved, shardUpdate } from './shard-updates.ts';

export function dynamodbShardStore(access: TableAccess): ShardStore {
  return {
    read: async (shards, consistency) =>
      (await readRecords(access, { shards: shardRecords(shards) }, consistency)).shards,
    debit: (debit) => writeDebit(access, debit),
    undoDebit: (units) => undoDebit(access, units),
    dropEntries: (shard, nonces) => dropEntries(access, shard, nonces),
    transfer: (transfer) => transferUnits(access, transfer),
    reopen: (plan, shards) => reopenShards(access, plan, shards),
  };
}

/** Costs one write unit. Uses the client that sends a request once. */
async function writeDebit({ once, table, pace }: TableAccess, debit: Debit): Promise<DebitOutcome> {
  const { location, sku, shard, quantity, drops } = debit;
  const id = { location, sku, shard };
  const update = shardUpdate(table, { ...debited(id, quantity), newEntry: debit, drops });
  let after: Item | undefined;
  const result = await writeIf(pace, async () => {
    const { Attributes } = await once.send(new UpdateItemCommand({ ...update, ReturnValues: 'ALL_NEW' }));
    after = Attributes;
  });
  if (result.outcome === 'contended') return result;
  if (result.outcome === 'done') return { outcome: 'debited', shard: countersFrom(id, after) };
  const found = countersFrom(id, result.found);
  // The network may deliver a request twice. An entry with this debit's nonce shows that the debit was made.
  const ours = result.found?.[entryPrefix + debit.nonce] !== undefined;
  return { outcome: ours ? 'debited' : 'insufficient', shard: found };
}

/** Costs one write unit; four when the shard is closed. */
async function undoDebit(
  { client, table, pace }: TableAccess,
  units: Return & { readonly nonce: string },
): Promise<UndoOutcome> {
  const { location, sku, shard, nonce } = units;
  const writes = returned([{ ...units, nonces: [], oldEntry: nonce }]);
  const updates = writes.map((write) => shardUpdate(table, write));
  const [alone] = updates;
  if (alone === undefined) throw new Error('nothing to give back');
  const result =
    updates.length === 1
      ? await writeIf(pace, () => client.send(new UpdateItemCommand(alone)))
      : await transact(
          { client, pace },
          updates.map((update) => ({ Update: update })),
        );
  if (result.outcome === 'done') return { outcome: 'undone' };
  if (result.outcome === 'contended') return { outcome: 'contended' };
  const found = result.found instanceof Map ? result.found : new Map([[0, result.found]]);
  if (found.has(0) && found.get(0)?.[entryPrefix + nonce] === undefined) return { outcome: 'gone' };
  const shards = [...found].map(([position, item]) => countersFrom(writes[position]?.shard ?? units, item));
  if (shards.some(({ closedTo }) => closedTo !== undefined)) return { outcome: 'closed', shards };
  throw new Error(`the entry ${nonce} holds more than is reserved in ${location}#${sku}#${shard}`);
}

/**
 * Costs one write unit for any number of entries. Sent once: a request that fails leaves the entries to a sweep, and a
 * buyer may be waiting.
 */
async function dropEntries({ once, table }: TableAccess, shard: ShardId, nonces: readonly string[]): Promise<void> {
  const update = shardUpdate(table, { shard, add: {}, drops: nonces });
  await writeIf(undefined, () => once.send(new UpdateItemCommand(update)));
}

/** Costs two write units for each shard. */
async function transferUnits({ client, table, pace }: TableAccess, transfer: Transfer): Promise<TransferOutcome> {
  const updates = moved(transfer).map((write) => ({ Update: shardUpdate(table, write) }));
  const { outcome } = await transact({ client, pace }, updates);
  return { outcome };
}

/** Costs two write units for each shard, and two to check the plan. */
async function reopenShards(
  { client, table, pace }: TableAccess,
  { sku, revision }: Pick<SkuPlan, 'sku' | 'revision'>,
  shards: readonly ShardId[],
): Promise<ReopenOutcome> {
  const opened = shards.map((shard) => ({ Update: shardUpdate(table, { shard, add: {}, reopen: true }) }));
  const { outcome } = await transact({ client, pace }, [planCheck(table, sku, revision), ...opened]);
  return { outcome: outcome === 'refused' ? 'plan-changed' : outcome };
}
