import { TtlMap } from '../../../shared/kernel/ttl-map.ts';
import type { LocationCache } from '../../locations/index.ts';
import type { SkuPlan } from '../domain/shard-plan.ts';
import type { PlanReader } from './plan-store.ts';

/** How long a plan is cached. Plans change rarely, and an outdated one is noticed before any order is refused. */
const planMs = 5_000;

/** The plans that this process read or wrote in the last five seconds. */
export class PlanCache {
  readonly #plans = new TtlMap<SkuPlan>(planMs);
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds since any fixed moment. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get(sku: string): SkuPlan | undefined {
    return this.#plans.get(sku, this.#nowMs());
  }

  getAll(skus: readonly string[]): ReadonlyMap<string, SkuPlan> {
    return this.#plans.getAll(skus, this.#nowMs());
  }

  learn(plan: SkuPlan): void {
    this.#plans.set(plan.sku, plan, this.#nowMs());
  }

  forget(sku: string): void {
    this.#plans.delete(sku);
  }
}

export interface KnownPlansDependencies {
  readonly planReader: PlanReader;
  readonly plans: PlanCache;
  readonly locations: LocationCache;
}

export interface KnownPlans {
  /** SKUs without a plan are left out. */
  readonly plans: readonly SkuPlan[];
  /** SKUs whose plans were not in the cache. */
  readonly wasUnknown: ReadonlySet<string>;
}

/**
 * The plans in the cache, and those of the other SKUs by one eventually consistent read, which includes the locations
 * when they are due.
 */
export async function knownPlans(
  skus: readonly string[],
  { planReader, plans, locations }: KnownPlansDependencies,
): Promise<KnownPlans> {
  const known = plans.getAll(skus);
  const unknown = skus.filter((sku) => !known.has(sku));
  const withLocations = locations.isDue();
  if (unknown.length === 0 && !withLocations) {
    return { plans: [...known.values()], wasUnknown: new Set() };
  }
  const found = await planReader.plansAndLocations(unknown, withLocations);
  for (const plan of found.plans.values()) plans.learn(plan);
  if (withLocations) locations.learn(found.locations);
  return { plans: skus.flatMap((sku) => plans.get(sku) ?? []), wasUnknown: new Set(unknown) };
}
