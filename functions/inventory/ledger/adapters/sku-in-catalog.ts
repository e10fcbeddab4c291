import { catalog } from '../../../catalog/adapters/dynamodb-catalog.ts';
import { isRefusal, type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { skuInPath } from '../../../shared/sku-in-path.ts';

/** The SKU that a path names, if the catalog knows it: nothing is booked for what nobody has ever described. */
export function skuInCatalog(catalogTable: string) {
  const products = catalog(catalogTable);
  return async (path: {
    readonly sku: string;
  }): Promise<{ readonly value: string } | Refusal<'VALIDATION_FAILED' | 'UNKNOWN_SKU'>> => {
    const sku = skuInPath(path);
    if (isRefusal(sku)) return sku;
    const product = await products.find(sku.value);
    return product === undefined ? refuse('UNKNOWN_SKU', `The catalog has no product ${sku.value}.`) : sku;
  };
}
