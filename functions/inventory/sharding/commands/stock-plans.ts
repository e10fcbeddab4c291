import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import { type PlanRequest, type PlanView, planOf, prepareSale } from './prepare-sale.ts';
import { stockTender, type Tended } from './rebalance-hot-skus.ts';

/** How SKUs are spread over shards: by those who prepare a sale, and by itself. */
export interface StockPlans {
  /** Prepares a SKU for a sale: shards for the expected buyers, and the units spread over them. May be repeated. */
  prepare(sku: string, request: PlanRequest, now: Instant): Promise<PlanView | Refusal<'VALIDATION_FAILED'>>;

  /** Undefined for a SKU without a plan. */
  planOf(sku: string): Promise<PlanView | undefined>;

  /** Looks once after all SKUs that are in demand: heals their journals, and gives them the shards that they need. */
  tend(now: Instant): Promise<Tended>;
}

/** The plans over any table that keeps the promises of `StockTable`. */
export function shardedStockPlans(around: Surroundings): StockPlans {
  return {
    prepare: (sku, request, now) => prepareSale(sku, request, now, around),
    planOf: (sku) => planOf(sku, around),
    tend: stockTender(around),
  };
}
