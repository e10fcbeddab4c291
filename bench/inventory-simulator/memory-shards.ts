import {
  entryPrefix,
  type JournalEntry,
  type ShardCounters,
  type ShardId,
  type ShardWrite,
  shardKey,
} from '../../functions/inventory/sharding/index.ts';
import type { Action, Item } from './memory-items.ts';

/** The attributes of a shard that are counters. */
const columns = ['av', 'rs', 'sh', 'rc', 'xi', 'xo', 'v'] as const;
type Column = (typeof columns)[number];

export function columnOf(item: Item | undefined, column: Column): number {
  return (item?.[column] as number | undefined) ?? 0;
}

/** The counters in an item; zeros for a shard without one. */
export function countersOf({ location, sku, shard }: ShardId, item: Item | undefined): ShardCounters {
  return {
    ...{ location, sku, shard },
    available: columnOf(item, 'av'),
    reserved: columnOf(item, 'rs'),
    shipped: columnOf(item, 'sh'),
    received: columnOf(item, 'rc'),
    movedIn: columnOf(item, 'xi'),
    movedOut: columnOf(item, 'xo'),
    credits: columnOf(item, 'v'),
    ...(typeof item?.cl === 'number' && { closedTo: item.cl }),
    journal: journalOf(item),
  };
}

function journalOf(item: Item | undefined): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const name in item) {
    if (!name.startsWith(entryPrefix)) continue;
    const { o, q, t } = item[name] as { readonly o: string; readonly q: number; readonly t: number };
    entries.push({ nonce: name.slice(entryPrefix.length), orderId: o, quantity: q, at: t });
  }
  return entries;
}

/** The action that does what the adapter for DynamoDB expresses as an update expression and its condition. */
export function shardAction(write: ShardWrite): Action {
  const key = shardKey(write.shard);
  return { key, condition: (item) => isAllowed(write, item), apply: (item) => written(key, write, item) };
}

function isAllowed(write: ShardWrite, item: Item | undefined): boolean {
  const { add, whileOpen, ifAvailable, ifUntouched, newEntry, oldEntry, mayBeNew } = write;
  let asked = false;
  for (const column of columns) {
    const units = add[column] ?? 0;
    if (units >= 0) continue;
    asked = true;
    if (item === undefined || columnOf(item, column) < -units) return false;
  }
  if (whileOpen && item?.cl !== undefined) return false;
  if (ifAvailable !== undefined && (ifAvailable === 0 ? columnOf(item, 'av') : item?.av) !== ifAvailable) return false;
  if (ifUntouched !== undefined && !isUntouched(ifUntouched, item)) return false;
  if (newEntry !== undefined && item?.[entryPrefix + newEntry.nonce] !== undefined) return false;
  if (oldEntry !== undefined && item?.[entryPrefix + oldEntry] === undefined) return false;
  asked ||=
    whileOpen === true ||
    ifAvailable !== undefined ||
    ifUntouched !== undefined ||
    newEntry !== undefined ||
    oldEntry !== undefined;
  return asked || mayBeNew === true || item !== undefined;
}

function isUntouched(
  { received, movedIn, movedOut, shipped }: NonNullable<ShardWrite['ifUntouched']>,
  item: Item | undefined,
): boolean {
  if (item === undefined) return received + movedIn === 0;
  const seen = { rc: received, xi: movedIn, xo: movedOut, sh: shipped };
  return columns.every((column) => !(column in seen) || item[column] === seen[column as keyof typeof seen]);
}

/** The check that a shard is as it was read, reservations and releases apart. */
export function shardCheck(shard: ShardId, seen: NonNullable<ShardWrite['ifUntouched']>): Action {
  const key = shardKey(shard);
  return { key, condition: (item) => isUntouched(seen, item), apply: () => empty(key), check: true };
}

/**
 * The item after a write.
 *
 * @throws Error where the store would refuse to add to an attribute that does not exist.
 */
function written(key: string, write: ShardWrite, item: Item | undefined): Item {
  const { add, newEntry, oldEntry, drops = [], close, reopen } = write;
  if (item === undefined && !write.mayBeNew) throw new Error(`${key} does not exist`);
  const after: Record<string, unknown> & { pk: string } = { ...(item ?? empty(key)) };
  for (const column of columns) {
    const units = add[column] ?? 0;
    if (units !== 0 || write.mayBeNew) after[column] = columnOf(item, column) + units;
  }
  if (newEntry !== undefined) {
    after[entryPrefix + newEntry.nonce] = { o: newEntry.orderId, q: newEntry.quantity, t: newEntry.at };
  }
  for (const nonce of drops) delete after[entryPrefix + nonce];
  if (oldEntry !== undefined) delete after[entryPrefix + oldEntry];
  if (close !== undefined) after.cl = close;
  if (reopen) delete after.cl;
  return after;
}

export function empty(key: string): Item {
  return { pk: key, ...Object.fromEntries(columns.map((column) => [column, 0])) };
}
