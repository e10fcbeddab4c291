import { backorderShard, type ShardCounters, type SkuPlan, shardName } from '../../sharding/index.ts';
import { type AllocatedPart, type AllocationChoice, allocate, type StockView, viewOf } from '../../sourcing/index.ts';
import type { BackorderedOrder } from './backorder.ts';

type Locations = Parameters<typeof viewOf>[3];

/** The units that the first order of a queue can get, by location: units on sale and units reserved for backorders. */
export class BackorderStock {
  readonly #onSale: StockView;
  readonly #available: ReadonlyMap<string, number>;

  constructor(plans: readonly SkuPlan[], shards: readonly ShardCounters[], locations: Locations) {
    const units = shards.map((each) => [shardName(each), each.closedTo === undefined ? each.available : 0] as const);
    this.#available = new Map(units);
    this.#onSale = viewOf(plans, this.#available, 0, locations);
  }

  /** SKUs with units reserved for backorders at active locations. */
  reservedSkus(): string[] {
    return [...this.#onSale].flatMap(([sku, stock]) =>
      stock.some(({ location }) => this.#reservedAt(location, sku) > 0) ? [sku] : [],
    );
  }

  /**
   * Allocates units to an order: first the units reserved for backorders, then units on sale.
   *
   * @param ledSkus the SKUs whose queues this order heads; only of these it gets reserved units.
   */
  allocate(order: BackorderedOrder, ledSkus: ReadonlySet<string>): AllocationChoice {
    const choice = allocate(order.lines, this.#withReserved(ledSkus), 0, order);
    if ('insufficient' in choice) return choice;
    return { ...choice, parts: choice.parts.map((part) => fromReserved(part, ledSkus)) };
  }

  #reservedAt(location: string, sku: string): number {
    return this.#available.get(shardName(backorderShard(location, sku))) ?? 0;
  }

  /** Puts the reserved units before the shards of their location, so that they are allocated first. */
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

/**
 * Maps a shard of the view to a shard of the plan: 0 stands for the reserved units, and all others are shifted by one.
 */
function fromReserved(part: AllocatedPart, ledSkus: ReadonlySet<string>): AllocatedPart {
  if (!ledSkus.has(part.sku) || typeof part.shard !== 'number') return part;
  return { ...part, shard: part.shard === 0 ? 'backorder' : part.shard - 1 };
}
