import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';

/** The products and their prices. */
export class Catalog extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { catalog, inventory } = deployment.data;
    /** What the availability of a product is read from. */
    const stock = inventory.items('plan', 'shard', 'locations');

    const listProducts = this.function('list-products');
    catalog.grantTo(listProducts, 'Scan');
    stock.grantTo(listProducts, 'BatchGetItem');

    const getProduct = this.function('get-product');
    catalog.grantTo(getProduct, 'BatchGetItem');
    stock.grantTo(getProduct, 'BatchGetItem');

    const putProduct = this.function('put-product');
    catalog.grantTo(putProduct, 'PutItem');
    stock.grantTo(putProduct, 'BatchGetItem');
  }
}
