import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { stockKinds } from '../../functions/shared/item-kinds.ts';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { LogConsumer, stockItem } from '../constructs/log-consumer.ts';

/** The timeout of put-stock-plan. It fills 500 shards within some seconds; API Gateway waits at most 30. */
const preparation = Duration.seconds(29);
/** During a sale a run takes most of its minute. Two runs may overlap without harm. */
const rebalancing = {
  every: Duration.minutes(1),
  silence: Duration.minutes(10),
  timeout: Duration.seconds(70),
} as const;

/**
 * The announcer reads shards, plans, ledger records and announced levels. During a sale the same few shards change again and
 * again, and a batch reads each SKU once, so a longer window costs less and delays the events.
 */
const announcement = {
  prefixes: [stockKinds.shard, stockKinds.plan, stockKinds.ledger, stockKinds.level],
  windowSeconds: 3,
  batchSize: 1_000,
  timeout: Duration.seconds(60),
} as const;

/** The stock: its API, its rebalancing and its announcements. */
export class Inventory extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { inventory, catalog } = deployment.data;

    const receiveStock = this.function('receive-stock');
    inventory.items('plan', 'queue', 'shard', 'locations').grantTo(receiveStock, 'BatchGetItem');
    inventory.items('ledger', 'plan', 'queue', 'shard').grantTo(receiveStock, 'PutItem', 'UpdateItem');
    catalog.grantTo(receiveStock, 'BatchGetItem');

    inventory.items('plan', 'queue', 'shard').grantTo(this.function('get-stock'), 'BatchGetItem');

    const putBackorder = this.function('put-backorder');
    inventory.items('plan').grantTo(putBackorder, 'BatchGetItem');
    inventory.items('plan', 'hotSkus', 'queue').grantTo(putBackorder, 'PutItem', 'UpdateItem');
    catalog.grantTo(putBackorder, 'BatchGetItem');

    const putStockPlan = this.function('put-stock-plan', { timeout: preparation });
    inventory.items('plan', 'shard').grantTo(putStockPlan, 'BatchGetItem');
    inventory.items('plan', 'hotSkus', 'shard').grantTo(putStockPlan, 'PutItem', 'UpdateItem', 'ConditionCheckItem');
    catalog.grantTo(putStockPlan, 'BatchGetItem');
    inventory.items('plan').grantTo(this.function('get-stock-plan'), 'BatchGetItem');

    this.#books();
    this.#locations();

    this.#rebalancing();
    this.#announcer();
  }

  #rebalancing(): void {
    const rebalanceStock = this.scheduled('rebalance-stock', rebalancing);
    // A sweep of journals voids the debits that no reservation has bound.
    const items = this.deployment.data.inventory.items('plan', 'hotSkus', 'shard', 'reservation');
    items.grantTo(rebalanceStock, 'BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
  }

  /** Adjustments, counts, moves and safety stock. Counts and safety stock also check items that they do not change. */
  #books(): void {
    const { inventory, catalog } = this.deployment.data;
    const [adjust, count, move, putSafety] = [
      this.function('adjust-stock'),
      this.function('count-stock'),
      this.function('move-stock'),
      this.function('put-safety-stock'),
    ];
    for (const entry of [adjust, count, move]) {
      inventory.items('ledger', 'plan', 'shard', 'locations').grantTo(entry, 'BatchGetItem');
      inventory.items('ledger', 'plan', 'shard').grantTo(entry, 'PutItem', 'UpdateItem');
    }
    inventory.items('plan', 'shard', 'locations').grantTo(putSafety, 'BatchGetItem');
    inventory.items('plan', 'shard').grantTo(putSafety, 'PutItem', 'UpdateItem', 'ConditionCheckItem');
    inventory.items('ledger', 'plan', 'shard').grantTo(count, 'ConditionCheckItem');
    for (const entry of [adjust, count, move, putSafety]) catalog.grantTo(entry, 'BatchGetItem');
    // The orders that a shortage concerns.
    inventory.grantTo(count, 'Scan');
  }

  #locations(): void {
    const locations = this.deployment.data.inventory.items('locations');
    locations.grantTo(this.function('put-location'), 'BatchGetItem', 'PutItem');
    locations.grantTo(this.function('list-locations'), 'BatchGetItem');
    locations.grantTo(this.function('get-location'), 'BatchGetItem');
  }

  #announcer(): void {
    const { deployment } = this;
    const { inventory, bus } = deployment.data;
    const consumer = this.function('announce-stock', { timeout: announcement.timeout });
    inventory.items('shard', 'plan', 'queue', 'level').grantTo(consumer, 'BatchGetItem');
    inventory.items('level').grantTo(consumer, 'PutItem');
    // Triggers a walk of the backorder queue.
    inventory.items('queue').grantTo(consumer, 'UpdateItem');
    consumer.addEnvironment('BUS_NAME', bus.eventBusName);
    consumer.allow(['events:PutEvents'], [bus.eventBusArn]);
    new LogConsumer(this, 'AnnounceStockSource', {
      deployment,
      table: inventory,
      consumer,
      failures: this.failures,
      of: stockItem,
      keys: { attribute: 'pk', prefixes: announcement.prefixes },
      windowSeconds: announcement.windowSeconds,
      batchSize: announcement.batchSize,
    });
  }
}
