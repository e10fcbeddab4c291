import {
  clockSkewMs,
  isClaimed,
  type Snapshot,
  type SnapshotStore,
  snapshotKey,
} from '../../functions/inventory/availability/index.ts';
import { debited, entryPrefix, returned, type ShardStore } from '../../functions/inventory/sharding/index.ts';
import type { Item, Send } from './memory-items.ts';
import { snapshotItem } from './memory-records.ts';
import { countersOf, shardAction } from './memory-shards.ts';

type Parameter<Call extends keyof ShardStore> = Parameters<ShardStore[Call]>[0];

export async function debit(send: Send, wanted: Parameter<'debit'>): ReturnType<ShardStore['debit']> {
  const { location, sku, shard, quantity, drops } = wanted;
  const id = { location, sku, shard };
  const action = shardAction({ ...debited(id, quantity), newEntry: wanted, drops });
  const answer = await send({ kind: 'write', action, once: true });
  if (answer.outcome === 'done') return { outcome: 'debited', shard: countersOf(id, answer.items[0]) };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const found = answer.found.get(0);
  const ours = found?.[entryPrefix + wanted.nonce] !== undefined;
  return { outcome: ours ? 'debited' : 'insufficient', shard: countersOf(id, found) };
}

export async function undoDebit(send: Send, units: Parameter<'undoDebit'>): ReturnType<ShardStore['undoDebit']> {
  const writes = returned([{ ...units, nonces: [], oldEntry: units.nonce }]);
  const [alone, ...others] = writes.map(shardAction);
  if (alone === undefined) throw new Error('nothing to give back');
  const answer = await send(
    others.length === 0 ? { kind: 'write', action: alone } : { kind: 'transact', actions: [alone, ...others] },
  );
  if (answer.outcome === 'done') return { outcome: 'undone' };
  if (answer.outcome !== 'refused') return { outcome: 'contended' };
  const { found } = answer;
  if (found.has(0) && found.get(0)?.[entryPrefix + units.nonce] === undefined) return { outcome: 'gone' };
  const shards = [...found].map(([position, item]) => countersOf(writes[position]?.shard ?? units, item));
  if (shards.some(({ closedTo }) => closedTo !== undefined)) return { outcome: 'closed', shards };
  throw new Error(`the entry ${units.nonce} holds more than is reserved`);
}

export async function dropEntries(
  send: Send,
  shard: Parameter<'dropEntries'>,
  nonces: readonly string[],
): Promise<void> {
  await send({ kind: 'write', action: shardAction({ shard, add: {}, drops: nonces }), once: true });
}

/** Writes a snapshot, unless a newer one is stored whose time is plausible. */
export async function writeSnapshot(send: Send, copy: number, snapshot: Snapshot): Promise<void> {
  await send({
    kind: 'write',
    action: {
      key: snapshotKey(snapshot.sku, copy),
      condition: (item) => {
        const at = (item?.at as number | undefined) ?? Number.NEGATIVE_INFINITY;
        return at < snapshot.at || at > snapshot.at + clockSkewMs;
      },
      apply: () => snapshotItem(copy, snapshot),
    },
    once: true,
  });
}

/** Claims the next read of all shards, unless another claim is in force. */
export async function claimRead(
  send: Send,
  ...[sku, copy, { now, until }]: Parameters<SnapshotStore['claimRead']>
): Promise<boolean> {
  const answer = await send({
    kind: 'write',
    action: {
      key: snapshotKey(sku, copy),
      condition: (item) => item !== undefined && !isClaimed((item.claimed as number | undefined) ?? 0, now),
      apply: (item) => ({ ...(item as Item), claimed: until }),
    },
    once: true,
  });
  return answer.outcome === 'done';
}
