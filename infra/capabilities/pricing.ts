import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';

/** The discounts. Prices themselves are computed in the functions that place and quote orders. */
export class Pricing extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { discounts } = deployment.data;

    const listDiscounts = this.function('list-discounts');
    discounts.items('definition').grantTo(listDiscounts, 'Query');
    discounts.items('uses').grantTo(listDiscounts, 'GetItem');

    discounts.items('definition', 'uses').grantTo(this.function('get-discount'), 'GetItem');

    const putDiscount = this.function('put-discount');
    discounts.items('definition').grantTo(putDiscount, 'PutItem', 'DeleteItem', 'Query');
    discounts.items('uses').grantTo(putDiscount, 'GetItem');
  }
}
