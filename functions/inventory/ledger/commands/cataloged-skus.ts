import { isRefusal, type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { skuInPath } from '../../../shared/sku-in-path.ts';

/** The SKUs that the catalog has, active or not. */
export interface CatalogedSkus {
  /** As the catalog is now, or a moment ago. */
  has(sku: string): Promise<boolean>;
}

/** The SKU that a path names, if the catalog has it: nothing is booked for a SKU that was never described. */
export async function catalogedSku(
  path: { readonly sku: string },
  catalog: CatalogedSkus,
): Promise<{ readonly value: string } | Refusal<'VALIDATION_FAILED' | 'UNKNOWN_SKU'>> {
  const sku = skuInPath(path);
  if (isRefusal(sku) || (await catalog.has(sku.value))) return sku;
  return refuse('UNKNOWN_SKU', `The catalog has no product ${sku.value}.`);
}
