import { salesPerShard } from './plan-size.ts';
import type { SkuPlan } from './shard-plan.ts';

/** Units per second that a new on-demand table takes at once. For more, the table has to be warmed before. */
const coldTable = { writes: 4_000, reads: 12_000 } as const;
/** Warm throughput is rounded up to a multiple of this, so that the setting is easy to read. */
const warmStep = 1_000;

/**
 * Write and read units of one sale of one line, by table. Inventory: 2.3 write units to hold it, those of buyers who
 * came too late included, and one to confirm it. Each index of `OrderViews` takes as many again from its own
 * throughput. Idempotency: the request when it begins and when it is answered. GatewayRecords: the purchase of the label.
 */
const perSale = [
  { table: 'Inventory', setting: 'inventoryWarmWrites', writes: 2.3 + 1, reads: 1 },
  { table: 'Orders', setting: 'ordersWarmWrites', writes: 2, reads: 1 },
  { table: 'OrderViews', setting: 'ordersWarmWrites', writes: 2, reads: 0 },
  { table: 'Contacts', setting: 'ordersWarmWrites', writes: 1, reads: 0 },
  { table: 'Idempotency', setting: 'ordersWarmWrites', writes: 2, reads: 0 },
  { table: 'GatewayRecords', setting: 'ordersWarmWrites', writes: 1, reads: 0 },
] as const;

export interface TableNeed {
  readonly table: string;
  readonly writesPerSecond: number;
  readonly readsPerSecond: number;
  /** Whether a new table does not take that at once. */
  readonly aboveNewTable: boolean;
}

export interface TableNeeds {
  /** Sales per second that the needs are computed for: the expected peak, else what the shards are planned for. */
  readonly salesPerSecond: number;
  readonly tables: readonly TableNeed[];
  /** Settings as options of `npx cdk deploy`, without the stage and the cell; empty when new tables suffice. */
  readonly deployWith: string;
}

/** The throughput that the tables need while a SKU sells at its peak. */
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
    // One setting warms a table for as many reads as writes.
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
