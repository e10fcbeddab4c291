import { maxLines } from '../../../api/vocabulary.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { Product } from '../domain/product.ts';

/** Most SKUs of one request: the most lines of an order. */
export const maxProducts = maxLines;

export interface ProductPage {
  readonly products: readonly Product[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** The store of products, both active and inactive. */
export interface Catalog {
  find(sku: string): Promise<Product | undefined>;
  /**
   * The products that exist, by SKU.
   *
   * @throws RangeError for more than {@link maxProducts} SKUs.
   */
  findMany(skus: readonly string[]): Promise<ReadonlyMap<string, Product>>;
  /** Creates the product or replaces it. */
  put(product: Product): Promise<void>;
  /**
   * Active products in no particular order, each exactly once if none is added meanwhile. A page that is not the last may be
   * short or empty.
   */
  list(limit: number, cursor?: string): Promise<ProductPage | Refusal<'INVALID_CURSOR'>>;
}
