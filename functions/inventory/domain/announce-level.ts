import { TransientFault } from '../../shared/kernel/faults.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { shardsOf } from './shard-plan.ts';
import { type LevelChange, levelChange } from './stock-announcement.ts';
import type { StockTable } from './stock-table.ts';

/** What was told of each SKU's level last. Writing it is telling it: the record itself is what gets published. */
export interface ToldLevels {
  latest(sku: string): Promise<LevelChange | undefined>;
  /** Only if nothing was told since; `changed` when something was. */
  tell(change: LevelChange): Promise<'told' | 'changed'>;
}

/** Times a SKU is looked at anew because another batch told of it meanwhile. */
const maxLooks = 5;

/**
 * Looks at the SKU and tells of its level if that has changed. What was told last is read before the units are: a
 * change that is written on it was true after it. Should two looks cross, the record of the later one brings the SKU up
 * once more, and that look sees how it is.
 */
export async function announceLevel(
  sku: string,
  now: Instant,
  { table, told }: { readonly table: Pick<StockTable, 'read'>; readonly told: ToldLevels },
): Promise<void> {
  for (let look = 0; look < maxLooks; look++) {
    const [latest, { plans }] = await Promise.all([told.latest(sku), table.read({ skus: [sku] }, 'latest')]);
    const plan = plans.get(sku);
    if (plan === undefined || plan.locations.length === 0) return;
    const { shards } = await table.read({ shards: shardsOf(plan) }, 'latest');
    const available = shards.reduce((sum, shard) => sum + shard.available, 0);
    const change = levelChange(latest, { sku, available, lowAt: plan.lowAt ?? 0 }, now);
    if (change === undefined || (await told.tell(change)) === 'told') return;
  }
  throw new TransientFault(`SKU ${sku}: its level was told by others ${maxLooks} times meanwhile`);
}
