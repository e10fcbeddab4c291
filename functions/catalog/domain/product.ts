import { type Availability, availabilityOf } from './availability.ts';

/** A product. Prices are in minor units, one for each currency that it is sold in; the market says whether tax is in them. */
export interface Product {
  readonly sku: string;
  readonly title: string;
  readonly prices: readonly { readonly currency: string; readonly amountMinor: number }[];
  readonly weightGrams: number;
  readonly taxCategory: 'standard' | 'reduced' | 'zero';
  /** True: the product needs no shipping and no stock. */
  readonly digital: boolean;
  /** False: the product is not for sale, and customers do not see it. */
  readonly active: boolean;
}

export interface ProductResource extends Product {
  readonly availability: Availability;
}

/** A product as the API returns it. */
export function productResource(
  product: Product,
  unitsForSale: number,
  waits?: 'backorder' | 'preorder',
): ProductResource {
  const availability = product.digital ? 'in_stock' : availabilityOf(unitsForSale, waits);
  return { ...product, availability };
}
