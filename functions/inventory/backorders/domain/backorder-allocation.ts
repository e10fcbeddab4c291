import { backorderShard, namedPlans, type ShardCounters, type SkuPlan, shardName } from '../../sharding/index.ts';
import { type AllocatedPart, type AllocationChoice, allocate, type StockView, viewOf } from '../../sourcing/index.ts';
import type { BackorderedOrder } from './backorder.ts';

type Locations = Parameters<typeof viewOf>[3];

/** The units that the first order of a queue may get: those on sale, and those reserved for backorders by location. */
export class BackorderStock {
  readonly #onSale: StockView;
  readonly #available: ReadonlyMap<string, number>;

  constructor(plans: readonly SkuPlan[], shards: readonly ShardCounters[], locations: Locations) {
    const units = shards.map((each) => [shardName(each), each.closedTo === undefined ? each.available : 0] as const);
    this.#available = new Map(units);
    this.#onSale = viewOf(namedPlans(plans), this.#available, 0, locations);
  }

  /** SKUs with units reserved for backorders, at locations that sell. */
  reservedSkus(): string[] {
    return [...this.#onSale].flatMap(([sku, stock]) =>
      stock.some(({ location }) => this.#reservedAt(location, sku) > 0) ? [sku] : [],
    );
  }

  /**
   * Allocates an order's units: those reserved for backorders first, of the SKUs whose queues the order leads, then those
   * on sale.
   */
  allocate(order: BackorderedOrder, ledSkus: ReadonlySet<string>): AllocationChoice {
    const choice = allocate(order.lines, this.#withReserved(ledSkus), 0, order);
    if ('insufficient' in choice) return choice;
    return { ...choice, parts: choice.parts.map((part) => fromReserved(part, ledSkus)) };
  }

  #reservedAt(location: string, sku: string): number {
    return this.#available.get(shardName(backorderShard(location, sku))) ?? 0;
  }

  /** Reserved units stand before the shards of their location, so that they are taken first. */
  #withReserved(ledSkus: ReadonlySet<string>): StockView {
    return new Map(
      [...this.#onSale].map(([sku, stock]) => {
        if (!ledSkus.has(sku)) return [sku, stock];
        const all = stock.map((there) => ({
          ...there,
          available: [this.#reservedAt(there.location, sku), ...there.available],
        }));
        return [sku, all];
      }),
    );
  }
}

/** Shard 0 of the view stands for the reserved units; all others are one further than in the plan. */
function fromReserved(part: AllocatedPart, ledSkus: ReadonlySet<string>): AllocatedPart {
  if (!ledSkus.has(part.sku) || typeof part.shard !== 'number') return part;
  return { ...part, shard: part.shard === 0 ? 'backorder' : part.shard - 1 };
}
