import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';

/** Half a thousand shards are filled within some seconds; API Gateway waits for thirty at most. */
const preparation = Duration.seconds(29);
/** It works through most of its minute while something is being sold; a run that overlaps with the next does no harm. */
const tending = { every: Duration.minutes(1), silence: Duration.minutes(10), timeout: Duration.seconds(70) } as const;
const expiry = { every: Duration.minutes(1), silence: Duration.minutes(10), timeout: Duration.seconds(50) } as const;

/** What is on hand, held and sold. */
export class Inventory extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { inventory, orders, catalog } = deployment.data;

    const receiveStock = this.function('receive-stock');
    inventory.grantTo(receiveStock, 'BatchGetItem', 'PutItem', 'UpdateItem');
    catalog.grantTo(receiveStock, 'BatchGetItem');

    inventory.grantTo(this.function('get-stock'), 'BatchGetItem');

    const reserveStock = this.function('reserve-stock');
    reserveStock.addEnvironment('HOLD_SECONDS', String(deployment.settings.holdSeconds));
    // Where buyers collide it grows the SKU's shards.
    inventory.grantTo(reserveStock, 'BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');

    const releaseStock = this.function('release-stock');
    inventory.grantTo(releaseStock, 'PutItem', 'UpdateItem');
    // Before an undo the order's log must say that the order fails.
    orders.grantTo(releaseStock, 'PutItem', 'Query');

    inventory.grantTo(this.function('commit-stock'), 'BatchGetItem', 'UpdateItem');

    const putStockPlan = this.function('put-stock-plan', { timeout: preparation });
    inventory.grantTo(putStockPlan, 'BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
    catalog.grantTo(putStockPlan, 'BatchGetItem');
    inventory.grantTo(this.function('get-stock-plan'), 'BatchGetItem');

    this.#books();
    this.#locations();

    this.#expiry();
    this.#tending();
  }

  #tending(): void {
    const tendStock = this.scheduled('tend-stock', tending);
    this.deployment.data.inventory.grantTo(tendStock, 'BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
  }

  /** What happens to stock beside receipts and sales. Some entries also look at items that they do not change. */
  #books(): void {
    const { inventory, catalog } = this.deployment.data;
    const [adjust, count, move, putSafety] = [
      this.function('adjust-stock'),
      this.function('count-stock'),
      this.function('move-stock'),
      this.function('put-safety-stock'),
    ];
    for (const entry of [adjust, count, move, putSafety]) {
      inventory.grantTo(entry, 'BatchGetItem', 'PutItem', 'UpdateItem');
      catalog.grantTo(entry, 'BatchGetItem');
    }
    for (const entry of [count, putSafety]) inventory.grantTo(entry, 'ConditionCheckItem');
  }

  #locations(): void {
    const { inventory } = this.deployment.data;
    inventory.grantTo(this.function('put-location'), 'BatchGetItem', 'PutItem');
    inventory.grantTo(this.function('list-locations'), 'BatchGetItem');
    inventory.grantTo(this.function('get-location'), 'BatchGetItem');
  }

  #expiry(): void {
    const { inventory, orderViews } = this.deployment.data;
    const expireHolds = this.scheduled('expire-holds', expiry);
    expireHolds.addEnvironment('HOLD_SECONDS', String(this.deployment.settings.holdSeconds));
    inventory.grantTo(expireHolds, 'BatchGetItem', 'UpdateItem');
    orderViews.grantIndexesTo(expireHolds, 'byStatus');
  }
}
