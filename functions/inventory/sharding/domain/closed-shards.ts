import type { Return, ShardCounters } from '../commands/stock-table.ts';
import { shardName } from './shard-plan.ts';

/** Units that come back, sent on if the shard they are to go to is among these closed ones. */
export function aroundClosed<Units extends Return>(units: Units, found: readonly ShardCounters[]): Units {
  const { location, sku, shard, creditTo = shard } = units;
  const name = shardName({ location, sku, shard: creditTo });
  const closedTo = found.find((each) => shardName(each) === name)?.closedTo;
  if (closedTo === undefined || typeof creditTo !== 'number') return units;
  return { ...units, creditTo: creditTo % closedTo };
}
