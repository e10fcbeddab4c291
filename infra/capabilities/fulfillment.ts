import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { EventPattern } from '../../events/define-event.ts';
import { cancellationRequested } from '../../events/orders/cancellation-requested.v1.ts';
import { dispatchRequested } from '../../events/orders/dispatch-requested.v1.ts';
import { orderPlaced } from '../../events/orders/order-placed.v1.ts';
import { orderResumed } from '../../events/orders/order-resumed.v1.ts';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { EventConsumer } from '../constructs/event-consumer.ts';
import { FailureAlarm } from '../constructs/failure-alarm.ts';
import { callsCarrierGateway, callsPaymentGateway, gatewayCaller } from '../constructs/gateway-access.ts';
import { LogConsumer, stockItem } from '../constructs/log-consumer.ts';
import { Saga } from '../constructs/saga.ts';
import type { ServiceFunction } from '../constructs/service-function.ts';
import { pascalCase } from '../entry-points.ts';

/**
 * order-saga itself ends an order whose cancellation is requested while the order is `placed`; the cancellation saga is
 * for all others.
 */
const cancellationAfterPlacing = cancellationRequested.pattern({ from: ['confirmed', 'on_hold'] });

/** The only resumption that restarts order-saga. The others are made by a command that starts its own saga. */
const stockHasArrived = orderResumed.pattern({ reason: ['stock_arrived'] });

/**
 * Most concurrent environments of a starter. An account may start 300 Standard executions a second, which ten environments
 * stay below, or 6,000 Express executions.
 */
const starters = { STANDARD: 10, EXPRESS: 50 } as const;

const resumption = {
  every: Duration.minutes(5),
  silence: Duration.minutes(30),
  timeout: Duration.seconds(60),
} as const;
/**
 * Consecutive runs that find a stalled order before the alarm: the first run restarts the saga, and by the third it has
 * ended.
 */
const stalledPeriods = 3;

const expiry = { every: Duration.minutes(1), silence: Duration.minutes(10), timeout: Duration.seconds(50) } as const;
/**
 * Twice a day, so that a day without a run, the longest period that an alarm can cover, is an error. The time-out is
 * Lambda's maximum, for a large table.
 */
const audit = { every: Duration.hours(12), silence: Duration.hours(24), timeout: Duration.minutes(15) } as const;
const backorderTimeout = Duration.seconds(60);

/**
 * The sagas, their steps, and every function that works on orders together with stock, money or parcels. Its state
 * machines name the steps, so the steps are made first.
 */
export class Fulfillment extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    this.#stockSteps();
    this.#paymentSteps();
    this.#shipmentSteps();
    this.#orderSteps();
    this.#webhooks();
    const orderSaga = this.#saga('order-saga', 'ORDER_SAGA_ARN', orderPlaced.pattern());
    this.#saga('dispatch-saga', 'DISPATCH_SAGA_ARN', dispatchRequested.pattern());
    this.#saga('cancellation-saga', 'CANCELLATION_SAGA_ARN', cancellationAfterPlacing);
    this.#afterWaiting(orderSaga);
    this.#resumption(orderSaga);
    this.#backorders();
    this.#expiry();
    this.#audit();
  }

  #stockSteps(): void {
    const { inventory } = this.deployment.data;
    const reserveStock = this.function('reserve-stock');
    reserveStock.addEnvironment('HOLD_SECONDS', String(this.deployment.settings.holdSeconds));
    // A step that meets contention adds shards to the SKU.
    inventory.grantTo(reserveStock, 'BatchGetItem', 'PutItem', 'UpdateItem', 'GetItem', 'ConditionCheckItem');

    inventory.grantTo(this.function('commit-stock'), 'BatchGetItem', 'UpdateItem');

    const releaseStock = this.function('release-stock');
    inventory.grantTo(releaseStock, 'PutItem', 'UpdateItem', 'GetItem', 'DeleteItem');
    this.#recordsFailureFirst(releaseStock);
  }

  #paymentSteps(): void {
    const { idempotency } = this.deployment.data;
    this.#payment('authorize-payment');
    this.#payment('capture-payment');
    const voidPayment = this.#payment('void-payment');
    // Finds an authorization whose answer was lost by the notes of the payment webhook.
    idempotency.grantTo(voidPayment, 'GetItem', 'PutItem');
    this.#recordsFailureFirst(voidPayment);
  }

  #shipmentSteps(): void {
    const { settings, data } = this.deployment;
    const bookShipment = this.#shipment('book-shipment');
    bookShipment.addEnvironment('CARRIER_ACCOUNT', settings.carrierAccount);
    bookShipment.addEnvironment('CARRIER_SERVICE', settings.carrierService);
    bookShipment.addEnvironment('SHIP_FROM', settings.shipFrom);
    data.contacts.grantTo(bookShipment, 'GetItem');
    // Records each purchase before it is made.
    data.idempotency.grantTo(bookShipment, 'UpdateItem');

    const cancelShipment = this.#shipment('cancel-shipment');
    // Finds labels whose purchase was never answered, and closes the record so that none is bought later.
    data.idempotency.grantTo(cancelShipment, 'UpdateItem');
    this.#recordsFailureFirst(cancelShipment);
  }

  #orderSteps(): void {
    const { orders, inventory } = this.deployment.data;
    for (const step of ['reject-order', 'hold-order', 'record-dispatch', 'record-cancellation']) {
      orders.grantTo(this.function(step), 'PutItem', 'Query');
    }
    // Reads whether the order is still in the backorder queue, and deletes its record when it has left it.
    const holdBackorder = this.function('hold-backorder');
    orders.grantTo(holdBackorder, 'PutItem', 'Query');
    inventory.grantTo(holdBackorder, 'GetItem', 'DeleteItem');
    // Makes the hold on the stock permanent.
    const confirmOrder = this.function('confirm-order');
    orders.grantTo(confirmOrder, 'PutItem', 'Query');
    inventory.grantTo(confirmOrder, 'UpdateItem');
  }

  #webhooks(): void {
    const { orders, idempotency } = this.deployment.data;
    const receivePaymentWebhook = this.#payment('receive-payment-webhook');
    orders.grantTo(receivePaymentWebhook, 'PutItem', 'Query');
    idempotency.grantTo(receivePaymentWebhook, 'GetItem', 'PutItem');
    // Records deliveries in the order's log.
    orders.grantTo(this.#shipment('receive-carrier-webhook'), 'PutItem', 'Query');
  }

  #payment(verbNoun: string): ServiceFunction {
    const caller = this.function(verbNoun, gatewayCaller);
    callsPaymentGateway(caller, this.deployment);
    return caller;
  }

  #shipment(verbNoun: string): ServiceFunction {
    const caller = this.function(verbNoun, gatewayCaller);
    callsCarrierGateway(caller, this.deployment);
    return caller;
  }

  /** Allows an undo step to record in the order's log that the order fails, which it does before it undoes anything. */
  #recordsFailureFirst(undoStep: ServiceFunction): void {
    this.deployment.data.orders.grantTo(undoStep, 'PutItem', 'Query');
  }

  /** Event -> queue -> starter -> state machine. */
  #saga(name: string, variable: string, pattern: EventPattern): Saga {
    const { deployment } = this;
    const starter = this.function(`start-${name}`);
    const saga = new Saga(this, pascalCase(name), { deployment, name, variable, starter });
    new EventConsumer(this, `${pascalCase(name)}Queue`, {
      deployment,
      bus: deployment.data.bus,
      pattern,
      name,
      consumer: starter,
      maxConcurrency: starters[deployment.settings.sagaType],
    });
    return saga;
  }

  /** Runs order-saga again for an order whose stock has arrived. */
  #afterWaiting(orderSaga: Saga): void {
    const { deployment } = this;
    const consumer = this.function('resume-order-saga');
    deployment.data.orders.grantTo(consumer, 'Query');
    orderSaga.startedBy(consumer);
    new EventConsumer(this, 'OrderResumedQueue', {
      deployment,
      bus: deployment.data.bus,
      pattern: stockHasArrived,
      name: 'order-resumed',
      consumer,
      maxConcurrency: starters[deployment.settings.sagaType],
    });
  }

  /** Restarts order-saga for orders whose execution was lost. */
  #resumption(orderSaga: Saga): void {
    const { deployment } = this;
    const { orders, orderViews } = deployment.data;
    const resumeOrders = this.scheduled('resume-stalled-orders', resumption);
    resumeOrders.addEnvironment('HOLD_SECONDS', String(deployment.settings.holdSeconds));
    orders.grantTo(resumeOrders, 'Query');
    orderViews.grantIndexesTo(resumeOrders, 'byStatus');
    orderSaga.startedBy(resumeOrders);
    new FailureAlarm(this, 'PlacedOrderStalledAlarm', {
      deployment,
      name: 'placed-order-stalled',
      meaning:
        'Orders are still placed after the time in which every saga ends, and restarting their saga has not helped.',
      runbook: 'placed-order-stalled',
      metric: new Metric({
        namespace: 'Holdfast',
        metricName: 'PlacedOrderStalled',
        dimensionsMap: { stage: deployment.settings.stage },
        statistic: 'Maximum',
        period: resumption.every,
      }),
      periods: stalledPeriods,
    });
  }

  #backorders(): void {
    const { deployment } = this;
    const { inventory, orders } = deployment.data;
    const consumer = this.function('fill-backorders', { timeout: backorderTimeout });
    consumer.addEnvironment('HOLD_SECONDS', String(deployment.settings.holdSeconds));
    inventory.grantTo(consumer, 'BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    inventory.grantIndexesTo(consumer, 'byArrival');
    // A filled order returns to its saga through the order's log.
    orders.grantTo(consumer, 'PutItem', 'Query');
    new LogConsumer(this, 'FillBackordersSource', {
      deployment,
      table: inventory,
      consumer,
      of: stockItem,
      keys: { attribute: 'pk', prefixes: ['Q#', 'W#'] },
      // One delivery changes many items of one SKU. Orders in the queue have waited for days, so another second does
      // not matter.
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

  /** The audit of the stock, which only reads. */
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
      meaning: 'The audit has found stock that does not agree with its reservations, the ledger or an order.',
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
}
