import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { FailureAlarm } from '../constructs/failure-alarm.ts';
import { LogConsumer } from '../constructs/log-consumer.ts';

/** Half a thousand shards are filled within some seconds; API Gateway waits for thirty at most. */
const preparation = Duration.seconds(29);
/** It works through most of its minute while something is being sold; a run that overlaps with the next does no harm. */
const tending = { every: Duration.minutes(1), silence: Duration.minutes(10), timeout: Duration.seconds(70) } as const;
const expiry = { every: Duration.minutes(1), silence: Duration.minutes(10), timeout: Duration.seconds(50) } as const;
/** Twice a day, so that a day without one is an alarm: no metric is watched for longer. Lambda's longest time for a large table. */
const audit = { every: Duration.hours(12), silence: Duration.hours(24), timeout: Duration.minutes(15) } as const;

/**
 * A sale writes the same few shards over and over, and each batch looks at a SKU once: the longer it gathers, the less a
 * sale costs, and the later subscribers hear of it. Shards, plans, ledger records and told levels.
 */
const announcement = {
  prefixes: ['I#', 'P#', 'C#', 'N#'],
  windowSeconds: 3,
  batchSize: 1_000,
  timeout: Duration.seconds(60),
} as const;

const stockItems = { items: 'stock item', stream: 'the stock table' } as const;

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
    inventory.grantTo(reserveStock, 'BatchGetItem', 'PutItem', 'UpdateItem', 'GetItem', 'ConditionCheckItem');

    const releaseStock = this.function('release-stock');
    inventory.grantTo(releaseStock, 'PutItem', 'UpdateItem', 'GetItem', 'DeleteItem');
    // Before an undo the order's log must say that the order fails.
    orders.grantTo(releaseStock, 'PutItem', 'Query');

    const putBackorder = this.function('put-backorder');
    inventory.grantTo(putBackorder, 'BatchGetItem', 'PutItem', 'UpdateItem');
    catalog.grantTo(putBackorder, 'BatchGetItem');

    inventory.grantTo(this.function('commit-stock'), 'BatchGetItem', 'UpdateItem');

    const putStockPlan = this.function('put-stock-plan', { timeout: preparation });
    inventory.grantTo(putStockPlan, 'BatchGetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem');
    catalog.grantTo(putStockPlan, 'BatchGetItem');
    inventory.grantTo(this.function('get-stock-plan'), 'BatchGetItem');

    this.#books();
    this.#locations();

    this.#expiry();
    this.#tending();
    this.#announcer();
    this.#backorders();
    this.#audit();
  }

  /** Reads everything and changes nothing. */
  #audit(): void {
    const { deployment } = this;
    const { inventory, orders, orderViews } = deployment.data;
    const auditStock = this.scheduled('audit-stock', audit);
    inventory.grantTo(auditStock, 'BatchGetItem', 'Scan');
    orders.grantTo(auditStock, 'Query');
    orderViews.grantTo(auditStock, 'BatchGetItem');
    orderViews.grantIndexesTo(auditStock, 'byStatus');
    new FailureAlarm(this, 'StockAuditFindingsAlarm', {
      deployment,
      name: 'stock-audit-findings',
      meaning: 'The audit of the stock has found something that contradicts itself, the ledger or an order.',
      runbook: 'stock-audit-findings',
      metric: new Metric({
        namespace: 'Holdfast',
        metricName: 'StockAuditFindings',
        dimensionsMap: { stage: deployment.settings.stage },
        statistic: 'Maximum',
        period: audit.every,
      }),
    });
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

  #announcer(): void {
    const { deployment } = this;
    const { inventory, bus } = deployment.data;
    const consumer = this.function('announce-stock', { timeout: announcement.timeout });
    inventory.grantTo(consumer, 'BatchGetItem', 'PutItem', 'UpdateItem');
    consumer.addEnvironment('BUS_NAME', bus.eventBusName);
    consumer.allow(['events:PutEvents'], [bus.eventBusArn]);
    new LogConsumer(this, 'AnnounceStockSource', {
      deployment,
      table: inventory,
      consumer,
      of: stockItems,
      keys: { attribute: 'pk', prefixes: announcement.prefixes },
      windowSeconds: announcement.windowSeconds,
      batchSize: announcement.batchSize,
    });
  }

  #backorders(): void {
    const { deployment } = this;
    const { inventory, orders } = deployment.data;
    const consumer = this.function('fill-backorders', { timeout: announcement.timeout });
    consumer.addEnvironment('HOLD_SECONDS', String(deployment.settings.holdSeconds));
    inventory.grantTo(consumer, 'BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    inventory.grantIndexesTo(consumer, 'byArrival');
    // Whoever was served goes back to his saga by the order's log.
    orders.grantTo(consumer, 'PutItem', 'Query');
    new LogConsumer(this, 'FillBackordersSource', {
      deployment,
      table: inventory,
      consumer,
      of: stockItems,
      keys: { attribute: 'pk', prefixes: ['Q#', 'W#'] },
      // Who has waited for days for stock can wait a second more: a delivery is many items of one SKU.
      windowSeconds: 1,
    });
  }

  #expiry(): void {
    const { inventory, orderViews } = this.deployment.data;
    const expireHolds = this.scheduled('expire-holds', expiry);
    expireHolds.addEnvironment('HOLD_SECONDS', String(this.deployment.settings.holdSeconds));
    inventory.grantTo(expireHolds, 'BatchGetItem', 'UpdateItem');
    orderViews.grantIndexesTo(expireHolds, 'byStatus');
  }
}
