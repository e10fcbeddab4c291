import { isRefusal, type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { skuInPath } from '../../../shared/sku-in-path.ts';

/** The SKUs of all products in the catalog, active or not. */
export interface CatalogedSkus {
  /** A product that was deleted within the last second may still be found. */
  has(sku: string): Promise<boolean>;
}

/** The SKU in a path, refused when it is malformed or not in the catalog: stock is booked for known products only. */
export async function catalogedSku(
  path: { readonly sku: string },
  catalog: CatalogedSkus,
): Promise<{ readonly value: string } | Refusal<'VALIDATION_FAILED' | 'UNKNOWN_SKU'>> {
  const sku = skuInPath(path);
  if (isRefusal(sku) || (await catalog.has(sku.value))) return sku;
  return refuse('UNKNOWN_SKU', `The catalog has no product ${sku.value}.`);
}
