/** The public interface of pricing: other capabilities import only from here. */

export { discountUses } from './adapters/dynamodb-discount-uses.ts';
export { discountStore } from './adapters/dynamodb-discounts.ts';
export { pricingIn, quotingIn } from './adapters/pricing-in-tables.ts';
export type { DiscountStore, DiscountUse, DiscountUses, UsingOrder } from './commands/discount-store.ts';
export type { Cart, CartPricing, CartRefusal } from './commands/price-cart.ts';
export { isLimited } from './domain/discount.ts';
export type { PricedOrder, PricedProduct } from './domain/price-order.ts';
