import { catalog, stockAvailability } from '../../catalog/index.ts';
import { settingsIn } from '../../settings/index.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { type CartPricing, cartPricing } from '../commands/price-cart.ts';
import { cartQuote } from '../commands/quote-cart.ts';
import { discountUses } from './dynamodb-discount-uses.ts';
import { discountStore } from './dynamodb-discounts.ts';

interface PriceTables {
  readonly CATALOG_TABLE: string;
  readonly SETTINGS_TABLE: string;
  readonly DISCOUNTS_TABLE: string;
}

/** Prices by the products, settings and discounts in these tables. */
export function pricingIn(tables: PriceTables): CartPricing {
  return cartPricing({
    products: catalog(tables.CATALOG_TABLE).findMany,
    settings: settingsIn(tables.SETTINGS_TABLE),
    discounts: discountStore(tables.DISCOUNTS_TABLE),
    uses: discountUses(tables.DISCOUNTS_TABLE),
    clock: systemClock,
  });
}

/** Quotes by the same, and by the stock. */
export function quotingIn(tables: PriceTables & { readonly INVENTORY_TABLE: string }) {
  return cartQuote({ pricing: pricingIn(tables), availability: stockAvailability(tables.INVENTORY_TABLE) });
}
