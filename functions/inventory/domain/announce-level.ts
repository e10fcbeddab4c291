import { TransientFault } from '../../shared/kernel/faults.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { keptShard } from './kept-units.ts';
import { shardsOf } from './shard-plan.ts';
import { type LevelChange, levelChange } from './stock-announcement.ts';
import type { ShardCounters, StockTable } from './stock-table.ts';
import type { WaitingLines } from './waiting-line.ts';

/** What was told of each SKU's level last. Writing it is telling it: the record itself is what gets published. */
export interface ToldLevels {
  latest(sku: string): Promise<LevelChange | undefined>;
  /** Only if nothing was told since; `changed` when something was. */
  tell(change: LevelChange): Promise<'told' | 'changed'>;
}

export interface AnnouncerSurroundings {
  readonly table: Pick<StockTable, 'read'>;
  readonly told: ToldLevels;
  readonly lines: Pick<WaitingLines, 'wake'>;
}

/** Times a SKU is looked at anew because another batch told of it meanwhile. */
const maxLooks = 5;

/**
 * Looks at the SKU, wakes the line of those who wait for it if units came back that they could have, and tells of its level if that has changed. What was told last is read before the units are: a
 * change that is written on it was true after it. Should two looks cross, the record of the later one brings the SKU up
 * once more, and that look sees how it is.
 */
export async function announceLevel(
  sku: string,
  now: Instant,
  { table, told, lines }: AnnouncerSurroundings,
): Promise<void> {
  for (let look = 0; look < maxLooks; look++) {
    // Plans and lines change seldom, and their own items bring the SKU up again: half the price will do.
    const known = table.read({ skus: [sku], lines: [sku] }, 'cheap');
    const [latest, { plans, lines: found }] = await Promise.all([told.latest(sku), known]);
    const plan = plans.get(sku);
    if (plan === undefined || plan.locations.length === 0) return;
    const line = found?.get(sku);
    const kept = line === undefined ? [] : plan.locations.map(({ location }) => keptShard(location, sku));
    const { shards } = await table.read({ shards: [...shardsOf(plan), ...kept] }, 'latest');
    const available = unitsIn(shards.filter(({ shard }) => shard !== 'backorder'));
    const mayServe = line !== undefined && (line.units > 0 ? unitsIn(shards) > 0 : unitsIn(shards) > available);
    if (mayServe && look === 0) await lines.wake(sku);
    const change = levelChange(latest, { sku, available, lowAt: plan.lowAt ?? 0 }, now);
    if (change === undefined || (await told.tell(change)) === 'told') return;
  }
  throw new TransientFault(`SKU ${sku}: its level was told by others ${maxLooks} times meanwhile`);
}

function unitsIn(shards: readonly ShardCounters[]): number {
  return shards.reduce((sum, { available }) => sum + available, 0);
}
