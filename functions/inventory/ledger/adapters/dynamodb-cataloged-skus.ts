import { dynamo } from '../../../shared/aws/clients.ts';
import { batchGet } from '../../../shared/batch-get.ts';
import { systemPace } from '../../../shared/kernel/backoff.ts';
import type { CatalogedSkus } from '../commands/cataloged-skus.ts';

/** Looks SKUs up in the Catalog table. */
export function dynamodbCatalogedSkus(table: string): CatalogedSkus {
  const isThere = async (sku: string, latest: boolean) =>
    (await batchGet(dynamo(), { table, keys: [{ sku: { S: sku } }], latest }, systemPace)).length > 0;
  return {
    // An eventually consistent read can miss a product that was just created, so a strongly consistent read follows.
    has: async (sku) => (await isThere(sku, false)) || isThere(sku, true),
  };
}
