import { shardKey } from '../../functions/inventory/adapters/keys.ts';
import type { ShardId } from '../../functions/inventory/domain/shard-plan.ts';
import type { ShardCounters } from '../../functions/inventory/domain/stock-table.ts';
import type { Action, Item } from './memory-items.ts';

/** The attributes of a shard that are counters. */
export type Column = 'av' | 'rs' | 'sh' | 'rc' | 'xi' | 'xo' | 'v';

const columns: readonly Column[] = ['av', 'rs', 'sh', 'rc', 'xi', 'xo', 'v'];

export type ShardUnits = ShardId & { readonly quantity: number };

export function columnOf(item: Item | undefined, column: Column): number {
  return (item?.[column] as number | undefined) ?? 0;
}

/** A shard that does not exist has nothing. */
export function countersOf({ location, sku, shard }: ShardId, item: Item | undefined): ShardCounters {
  const [available, reserved, shipped] = [columnOf(item, 'av'), columnOf(item, 'rs'), columnOf(item, 'sh')];
  return { location, sku, shard, available, reserved, shipped };
}

/** For sale -> reserved. */
export function debitShard(unit: ShardUnits): Action {
  return {
    key: shardKey(unit),
    condition: (item) => columnOf(item, 'av') >= unit.quantity,
    apply: (item) => moved(shardKey(unit), item, { av: -unit.quantity, rs: unit.quantity }),
  };
}

/** Reserved -> for sale, or out of the building. */
export function settleShard(kind: 'release' | 'ship', unit: ShardUnits): Action {
  const by: Partial<Record<Column, number>> =
    kind === 'release' ? { av: unit.quantity, rs: -unit.quantity, v: 1 } : { rs: -unit.quantity, sh: unit.quantity };
  return {
    key: shardKey(unit),
    condition: (item) => columnOf(item, 'rs') >= unit.quantity,
    apply: (item) => moved(shardKey(unit), item, by),
  };
}

/** Into the building -> for sale. The first receipt makes the shard, with every column. */
export function receiveIntoShard(unit: ShardUnits): Action {
  const key = shardKey(unit);
  return {
    key,
    apply: (item) => moved(key, { ...empty(key), ...item }, { av: unit.quantity, rc: unit.quantity, v: 1 }),
  };
}

export function empty(key: string): Item {
  return { pk: key, ...Object.fromEntries(columns.map((column) => [column, 0])) };
}

/** @throws Error when there is no such shard: the store refuses to add to an attribute that is not there. */
export function moved(key: string, item: Item | undefined, by: Partial<Record<Column, number>>): Item {
  if (item === undefined) throw new Error(`${key} does not exist`);
  const after: Record<string, unknown> & { pk: string } = { ...item };
  for (const [column, difference] of Object.entries(by)) {
    after[column] = columnOf(item, column as Column) + difference;
  }
  return after;
}
