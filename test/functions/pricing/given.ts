import { cartPricing } from '../../../functions/pricing/commands/price-cart.ts';
import type { PricedProduct } from '../../../functions/pricing/domain/price-order.ts';
import { defaultSetting } from '../../../functions/settings/index.ts';
import type { Instant } from '../../../functions/shared/kernel/time.ts';

/** Pricing by these products and the default settings, without discounts. */
export function pricingOf(products: () => ReadonlyMap<string, PricedProduct>) {
  return cartPricing({
    products: async () => products(),
    settings: { read: async (name) => defaultSetting(name).value, forget: () => undefined },
    discounts: { automatic: async () => [], find: async () => undefined, forget: () => undefined },
    uses: { count: async () => 0, isUsedBy: async () => false },
    clock: () => '2026-11-22T09:30:00.000Z' as Instant,
  });
}
