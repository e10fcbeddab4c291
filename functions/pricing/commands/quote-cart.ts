import type { QuoteResource } from '../../../api/quotes.ts';
import type { Availability } from '../../catalog/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { type QuotedOrder, quoteResource } from '../domain/quote-resource.ts';
import type { Cart, CartPricing, CartRefusal } from './price-cart.ts';

/** Quotes a cart: the price that an order would have now, and whether its units are available. Nothing is stored or reserved. */
export function cartQuote(deps: {
  readonly pricing: Pick<CartPricing, 'quote'>;
  /** The availability of so many units of each SKU. */
  readonly availability: (wanted: ReadonlyMap<string, number>) => Promise<ReadonlyMap<string, Availability>>;
}) {
  return async (cart: Cart): Promise<QuoteResource | CartRefusal> => {
    const quoted = await deps.pricing.quote(cart);
    if (isRefusal(quoted)) return quoted;
    const wanted = new Map<string, number>();
    for (const { sku, quantity, digital } of quoted.priced.lines) {
      if (!digital) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
    }
    const available = wanted.size === 0 ? new Map<string, Availability>() : await deps.availability(wanted);
    return quoteResource(cart.currency, quoted as QuotedOrder, available);
  };
}
