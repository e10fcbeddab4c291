import { type Availability, availabilityOf } from './availability.ts';

/** Something that is sold. Prices are net of tax, one for each currency it is sold in. */
export interface Product {
  readonly sku: string;
  readonly title: string;
  readonly prices: readonly { readonly currency: string; readonly amountMinor: number }[];
  readonly weightGrams: number;
  readonly taxCategory: 'standard' | 'reduced' | 'zero';
  /** False: known, but not for sale. Customers do not see it. */
  readonly active: boolean;
}

export interface ProductResource extends Product {
  readonly availability: Availability;
}

/** A product as the API shows it. */
export function productResource(
  product: Product,
  unitsForSale: number,
  waits?: 'backorder' | 'preorder',
): ProductResource {
  return { ...product, availability: availabilityOf(unitsForSale, waits) };
}
