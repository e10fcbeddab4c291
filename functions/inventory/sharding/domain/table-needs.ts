import { salesPerShard } from './plan-size.ts';
import type { SkuPlan } from './shard-plan.ts';

/** What a new table that is paid by request takes at once, a second. More than that it has to be warmed for. */
const coldTable = { writes: 4_000, reads: 12_000 } as const;
/** Tables are warmed in steps that somebody can remember. */
const warmStep = 1_000;

/**
 * Units of one sale, one line, by the table that they go to. Inventory: 2.3 to hold it, those included who came too late,
 * and one to confirm it. Of `OrderViews` every index takes as much again by itself. Idempotency: the request, begun and
 * answered, and the purchase of the label.
 */
const perSale = [
  { table: 'Inventory', setting: 'inventoryWarmWrites', writes: 2.3 + 1, reads: 1 },
  { table: 'Orders', setting: 'ordersWarmWrites', writes: 2, reads: 1 },
  { table: 'OrderViews', setting: 'ordersWarmWrites', writes: 2, reads: 0 },
  { table: 'Contacts', setting: 'ordersWarmWrites', writes: 1, reads: 0 },
  { table: 'Idempotency', setting: 'ordersWarmWrites', writes: 3, reads: 0 },
] as const;

export interface TableNeed {
  readonly table: string;
  readonly writesPerSecond: number;
  readonly readsPerSecond: number;
  /** Whether that is more than a new table takes at once. */
  readonly aboveNewTable: boolean;
}

export interface TableNeeds {
  /** Sales a second that it is computed for: as expected, or what the shards are for. */
  readonly salesPerSecond: number;
  readonly tables: readonly TableNeed[];
  /** Context to deploy with, for `npx cdk deploy`; empty when new tables take it. */
  readonly deployWith: string;
}

/** What the tables must take while a SKU sells at its peak. */
export function tableNeeds({ expectedPeakPerSecond, locations }: SkuPlan): TableNeeds {
  const shards = locations.reduce((sum, location) => sum + location.shards, 0);
  const salesPerSecond = expectedPeakPerSecond ?? shards * salesPerShard;
  const tables = perSale.map(({ table, setting, writes, reads }) => {
    const writesPerSecond = Math.ceil(writes * salesPerSecond);
    const readsPerSecond = Math.ceil(reads * salesPerSecond);
    const aboveNewTable = writesPerSecond > coldTable.writes || readsPerSecond > coldTable.reads;
    return { table, setting, writesPerSecond, readsPerSecond, aboveNewTable };
  });
  const settings = new Map<string, number>();
  for (const { setting, writesPerSecond, readsPerSecond, aboveNewTable } of tables) {
    // Reads are warmed as far as writes are.
    const least = Math.max(writesPerSecond, readsPerSecond > coldTable.reads ? readsPerSecond : 0);
    if (aboveNewTable) settings.set(setting, Math.max(least, settings.get(setting) ?? 0));
  }
  const round = (units: number) => Math.ceil(units / warmStep) * warmStep;
  return {
    salesPerSecond,
    tables: tables.map(({ setting: _, ...need }) => need),
    deployWith: [...settings].map(([setting, units]) => `-c ${setting}=${round(units)}`).join(' '),
  };
}
