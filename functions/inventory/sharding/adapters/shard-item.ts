import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Item } from '../../../shared/batch-get.ts';
import { stockKinds } from '../../../shared/item-kinds.ts';
import type { RecordRequest } from '../../../shared/table-access.ts';
import type { JournalEntry, ShardCounters } from '../domain/shard.ts';
import { type ShardId, shardName, type WithheldShard } from '../domain/shard-plan.ts';

export const shardPrefix = stockKinds.shard;
/**
 * Each shard has its own partition key. The store never splits one item over partitions, and a partition takes a
 * thousand write units per second.
 */
export const shardKey = (shard: ShardId) => shardPrefix + shardName(shard);
/** Prefix of a shard's attributes that are its journal entries. A map in their place would have to be created first. */
export const entryPrefix = 'j:';

const count = z.int().check(z.minimum(0));
const entryAttribute = z.object({ o: z.string(), q: count, t: count });

/** The counters in an item; zeros for a shard without one. */
export function countersFrom({ location, sku, shard }: ShardId, item: Item | undefined): ShardCounters {
  const column = (name: 'av' | 'rs' | 'sh' | 'rc' | 'xi' | 'xo' | 'v') => Number(item?.[name]?.N ?? 0);
  return {
    ...{ location, sku, shard },
    available: column('av'),
    reserved: column('rs'),
    shipped: column('sh'),
    received: column('rc'),
    movedIn: column('xi'),
    movedOut: column('xo'),
    credits: column('v'),
    ...(item?.cl?.N !== undefined && { closedTo: Number(item.cl.N) }),
    journal: journalFrom(item ?? {}),
  };
}

function journalFrom(item: Item): JournalEntry[] {
  return Object.entries(item).flatMap(([name, value]) => {
    if (!name.startsWith(entryPrefix)) return [];
    const { o, q, t } = z.parse(entryAttribute, unmarshall(value.M ?? {}));
    return [{ nonce: name.slice(entryPrefix.length), orderId: o, quantity: q, at: t }];
  });
}

/** The counters of these shards, in the order of `shards`; zeros for one that does not exist. */
export function shardRecords(shards: readonly ShardId[]): RecordRequest<readonly ShardCounters[]> {
  return {
    keys: shards.map(shardKey),
    read: (items) => shards.map((shard) => countersFrom(shard, items.get(shardKey(shard)))),
  };
}

/**
 * The shard that a key names.
 *
 * @throws Error for a key that names no shard.
 */
export function shardFrom(key: string): ShardId {
  const parts = /^I#([^#]+)#([^#]+)#(?:(\d+)|(safety|backorder))$/.exec(key);
  if (parts === null) throw new Error('the key names no shard');
  const [, location = '', sku = '', number, withheld] = parts;
  return { location, sku, shard: number === undefined ? (withheld as WithheldShard) : Number(number) };
}
