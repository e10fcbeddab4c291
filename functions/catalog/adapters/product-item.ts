import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { priceResource } from '../../../api/catalog.ts';
import type { Item } from '../../shared/batch-get.ts';
import type { Product } from '../domain/product.ts';

const schema = z.object({
  sku: z.string(),
  title: z.string(),
  prices: z.array(priceResource),
  weightGrams: z.int(),
  taxCategory: z.enum(['standard', 'reduced', 'zero']),
  /** Absent in products that need shipping. */
  digital: z.optional(z.boolean()),
  active: z.boolean(),
});

export function productItem({ sku, title, prices, weightGrams, taxCategory, digital, active }: Product): Item {
  return marshall({ sku, title, prices, weightGrams, taxCategory, active, ...(digital && { digital }) });
}

/** The product in an item. @throws Error when the item is no product. */
export function productFrom(item: Item): Product {
  const { digital = false, ...product } = z.parse(schema, unmarshall(item));
  return { ...product, digital };
}
