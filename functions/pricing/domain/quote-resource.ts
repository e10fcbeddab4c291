import type { QuoteResource } from '../../../api/quotes.ts';
import type { ShippingOption } from '../../../api/settings.ts';
import type { PricedOrder } from './price-order.ts';

export interface QuotedOrder {
  readonly priced: PricedOrder;
  readonly options: readonly { readonly option: ShippingOption; readonly priced: PricedOrder }[];
}

/** A quote as the API returns it. */
export function quoteResource(
  currency: string,
  { priced, options }: QuotedOrder,
  availability: ReadonlyMap<string, QuoteResource['lines'][number]['availability']>,
): QuoteResource {
  return {
    currency,
    lines: priced.lines.map(({ weightGrams: _weightGrams, ...line }) => {
      return { ...line, availability: line.digital ? 'in_stock' : (availability.get(line.sku) ?? 'out_of_stock') };
    }),
    totals: priced.totals,
    taxIncluded: priced.taxIncluded ?? false,
    discounts: (priced.discounts ?? []).map(({ code, on, amountMinor }) => ({ code, on, amountMinor })),
    ...(priced.shippingOption !== undefined && { shippingOption: priced.shippingOption }),
    shippingOptions: options.map(({ option: { optionId, title }, priced: { totals } }) => {
      return { optionId, title, amountMinor: totals.shippingMinor, totalMinor: totals.totalMinor };
    }),
  };
}
