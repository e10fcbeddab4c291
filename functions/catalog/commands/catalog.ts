import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { Product } from '../domain/product.ts';

/** SKUs of one request: as many as an order may have lines. */
export const maxProducts = 50;

export interface ProductPage {
  readonly products: readonly Product[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** What is sold, active or not. */
export interface Catalog {
  find(sku: string): Promise<Product | undefined>;
  /**
   * The products that exist, by SKU.
   *
   * @throws RangeError for more than {@link maxProducts} SKUs.
   */
  findMany(skus: readonly string[]): Promise<ReadonlyMap<string, Product>>;
  /** Creates the product or replaces it whole. */
  put(product: Product): Promise<void>;
  /**
   * Active products in no particular order, each exactly once if none is added meanwhile. A page may be short, even
   * empty, and not be the last.
   */
  list(limit: number, cursor?: string): Promise<ProductPage | Refusal<'INVALID_CURSOR'>>;
}
