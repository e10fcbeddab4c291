import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { patternOf } from '../../events/catalog.ts';
import type { EventPattern } from '../../events/define-event.ts';
import { cancellationRequested } from '../../events/orders/cancellation-requested.v1.ts';
import { dispatchRequested } from '../../events/orders/dispatch-requested.v1.ts';
import { orderPlaced } from '../../events/orders/order-placed.v1.ts';
import { orderResumed } from '../../events/orders/order-resumed.v1.ts';
import { paymentActionEnded } from '../../events/orders/payment-action-ended.v1.ts';
import { stockKinds } from '../../functions/shared/item-kinds.ts';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { EventConsumer } from '../constructs/event-consumer.ts';
import { FailureAlarm } from '../constructs/failure-alarm.ts';
import { callsCarrierGateway, callsPaymentGateway, gatewayCaller } from '../constructs/gateway-access.ts';
import { LogConsumer, stockItem } from '../constructs/log-consumer.ts';
import { Saga } from '../constructs/saga.ts';
import type { ServiceFunction } from '../constructs/service-function.ts';
import { pascalCase } from '../entry-points.ts';
import { auditFindings } from './audit-findings.ts';

/**
 * order-saga itself ends an order whose cancellation is requested while the order is `placed`. Requests at a later time start
 * cancellation-saga. resume-unfinished starts it as well, for any order whose undo was lost.
 */
const cancellationAfterPlacing = patternOf(cancellationRequested, { from: ['confirmed', 'on_hold'] });

/** The only resumption that restarts order-saga. The others are made by a command that starts its own saga. */
const stockHasArrived = patternOf(orderResumed, { reason: ['stock_arrived'] });

/**
 * Most concurrent environments of a starter. An account may start 300 Standard executions a second, which ten environments
 * stay below, or 6,000 Express executions.
 */
const starters = { STANDARD: 10, EXPRESS: 50 } as const;

const resumption = {
  every: Duration.minutes(1),
  silence: Duration.minutes(10),
  timeout: Duration.seconds(60),
} as const;
/**
 * An order that does not end is resumed every six minutes, so each period of ten minutes counts it; two in a row are an
 * alarm.
 */
const unfinished = { period: Duration.minutes(10), periods: 2 } as const;

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
    const orderSaga = this.#saga('order-saga', 'ORDER_SAGA_ARN', patternOf(orderPlaced));
    const dispatchSaga = this.#saga('dispatch-saga', 'DISPATCH_SAGA_ARN', patternOf(dispatchRequested));
    const cancellationSaga = this.#saga('cancellation-saga', 'CANCELLATION_SAGA_ARN', cancellationAfterPlacing);
    dispatchSaga.createdAfter(orderSaga);
    cancellationSaga.createdAfter(dispatchSaga);
    // Reads the carrier's id of the shipment in the order's log.
    this.deployment.data.orders.grantTo(this.#shipment('get-label'), 'Query');
    this.#afterWaiting(orderSaga);
    this.#afterPaymentAction(orderSaga, cancellationSaga);
    this.#resumption([orderSaga, dispatchSaga, cancellationSaga]);
    this.#backorders();
    this.#audit();
  }

  #stockSteps(): void {
    const { discounts, inventory } = this.deployment.data;
    const reserveStock = this.function('reserve-stock');
    reserveStock.addEnvironment('HOLD_SECONDS', String(this.deployment.settings.holdSeconds));
    inventory
      .items('plan', 'shard', 'locations', 'snapshot', 'reservation', 'queue')
      .grantTo(reserveStock, 'BatchGetItem');
    inventory.items('backorder').grantTo(reserveStock, 'GetItem');
    // A step that meets contention adds shards to the SKU, by its plan.
    inventory
      .items('reservation', 'shard', 'snapshot', 'backorder', 'queue', 'plan', 'hotSkus')
      .grantTo(reserveStock, 'PutItem', 'UpdateItem');
    inventory.items('reservation', 'shard', 'backorder', 'queue', 'plan').grantTo(reserveStock, 'ConditionCheckItem');
    // The uses of discounts are reserved with the stock and come back with it.
    discounts.items('definition').grantTo(reserveStock, 'GetItem');
    discounts.items('uses').grantTo(reserveStock, 'PutItem', 'UpdateItem');

    const commitStock = this.function('commit-stock');
    inventory.items('reservation').grantTo(commitStock, 'BatchGetItem');
    inventory.items('reservation', 'shard').grantTo(commitStock, 'UpdateItem');

    const releaseStock = this.function('release-stock');
    inventory.items('backorder').grantTo(releaseStock, 'GetItem');
    // Forbids a reservation where there is none yet.
    inventory.items('reservation').grantTo(releaseStock, 'PutItem');
    inventory.items('reservation', 'shard', 'backorder', 'queue').grantTo(releaseStock, 'UpdateItem');
    // Finds what an interrupted attempt to hold a large order has debited.
    inventory.items('plan', 'shard', 'reservation').grantTo(releaseStock, 'BatchGetItem');
    inventory.items('backorder', 'queue').grantTo(releaseStock, 'DeleteItem');
    discounts.items('uses').grantTo(releaseStock, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    this.#recordsFailureFirst(releaseStock);
  }

  #paymentSteps(): void {
    const { orders, gatewayRecords } = this.deployment.data;
    this.#authorization('authorize-payment');
    const awaitPayment = this.#authorization('await-payment');
    orders.grantTo(awaitPayment, 'PutItem', 'Query');
    // Keeps with what the customer confirms the payment.
    gatewayRecords.items('actions').grantTo(awaitPayment, 'PutItem');
    const capturePayment = this.#payment('capture-payment');
    capturePayment.addEnvironment('CAPTURE_WHOLE', this.deployment.settings.captureWhole);
    // Reads what is still to be captured, where a payment can be captured once or has expired.
    orders.grantTo(capturePayment, 'Query');
    const voidPayment = this.#payment('void-payment');
    // Finds authorizations whose answers were lost by the records of the payment webhook.
    gatewayRecords.items('authorizations').grantTo(voidPayment, 'GetItem');
    this.#recordsFailureFirst(voidPayment);
  }

  #authorization(step: string): ServiceFunction {
    const { settings, data } = this.deployment;
    const caller = this.#payment(step);
    // The customer's confirmation counts until shortly before the hold ends.
    caller.addEnvironment('HOLD_SECONDS', String(settings.holdSeconds));
    // Saved payment methods belong to a customer of the gateway.
    data.gatewayRecords.items('customers').grantTo(caller, 'GetItem', 'UpdateItem');
    return caller;
  }

  #shipmentSteps(): void {
    const { settings, data } = this.deployment;
    const bookShipment = this.#shipment('book-shipment');
    bookShipment.addEnvironment('CARRIER_ACCOUNT', settings.carrierAccount);
    bookShipment.addEnvironment('CARRIER_SERVICE', settings.carrierService);
    bookShipment.addEnvironment('SHIP_FROM', settings.shipFrom);
    data.contacts.grantTo(bookShipment, 'GetItem');
    // Records each purchase before it is made.
    data.gatewayRecords.items('purchases').grantTo(bookShipment, 'UpdateItem');

    const cancelShipment = this.#shipment('cancel-shipment');
    // Finds labels whose purchase was never answered, and closes the record so that none is bought later.
    data.gatewayRecords.items('purchases').grantTo(cancelShipment, 'UpdateItem');
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
    inventory.items('backorder').grantTo(holdBackorder, 'GetItem', 'DeleteItem');
    // Makes the hold on the stock permanent.
    const confirmOrder = this.function('confirm-order');
    orders.grantTo(confirmOrder, 'PutItem', 'Query');
    inventory.items('reservation').grantTo(confirmOrder, 'UpdateItem');
    // Deletes the record that a lost run has left in the backorder queue.
    inventory.items('backorder').grantTo(confirmOrder, 'GetItem', 'DeleteItem');
  }

  #webhooks(): void {
    const { orders, gatewayRecords } = this.deployment.data;
    const receivePaymentWebhook = this.#payment('receive-payment-webhook');
    // Reads whether the order is still under way, and records that it waits for its customer no more.
    orders.grantTo(receivePaymentWebhook, 'PutItem', 'Query');
    gatewayRecords.items('authorizations').grantTo(receivePaymentWebhook, 'UpdateItem');
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
      failures: this.failures,
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
      failures: this.failures,
      maxConcurrency: starters[deployment.settings.sagaType],
    });
  }

  /** Continues an order whose wait for its customer's confirmation of the payment has ended. */
  #afterPaymentAction(...sagas: readonly Saga[]): void {
    const { deployment } = this;
    const consumer = this.function('continue-order-saga');
    // Reads whether the order was cancelled.
    deployment.data.orders.grantTo(consumer, 'Query');
    for (const saga of sagas) saga.startedBy(consumer);
    new EventConsumer(this, 'PaymentActionEndedQueue', {
      deployment,
      bus: deployment.data.bus,
      pattern: patternOf(paymentActionEnded),
      name: 'payment-action-ended',
      consumer,
      failures: this.failures,
      maxConcurrency: starters[deployment.settings.sagaType],
    });
  }

  /** Continues orders whose execution, or the notice of an event, was lost, and releases expired holds. */
  #resumption(sagas: readonly Saga[]): void {
    const { deployment } = this;
    const { orders, orderViews, inventory } = deployment.data;
    const resumeUnfinished = this.scheduled('resume-unfinished', resumption);
    resumeUnfinished.addEnvironment('HOLD_SECONDS', String(deployment.settings.holdSeconds));
    orderViews.grantIndexesTo(resumeUnfinished, 'byDue');
    // Takes the order, so that of two runs one continues it.
    orderViews.grantTo(resumeUnfinished, 'UpdateItem');
    // An order that was filled without notice is resumed through its log.
    orders.grantTo(resumeUnfinished, 'PutItem', 'Query');
    inventory.items('backorder').grantTo(resumeUnfinished, 'GetItem', 'DeleteItem');
    inventory.items('reservation').grantTo(resumeUnfinished, 'BatchGetItem');
    inventory.items('reservation', 'shard').grantTo(resumeUnfinished, 'UpdateItem');
    for (const saga of sagas) saga.startedBy(resumeUnfinished);
    new FailureAlarm(this, 'OrderUnfinishedAlarm', {
      deployment,
      name: 'order-unfinished',
      meaning:
        'Orders have not ended in the time in which every saga ends, and starting their saga again has not helped.',
      runbook: 'order-unfinished',
      metric: this.#counted('UnfinishedOrders', unfinished.period),
      periods: unfinished.periods,
    });
  }

  #backorders(): void {
    const { deployment } = this;
    const { inventory, orders } = deployment.data;
    const consumer = this.function('fill-backorders', { timeout: backorderTimeout });
    consumer.addEnvironment('HOLD_SECONDS', String(deployment.settings.holdSeconds));
    inventory.items('plan', 'queue', 'shard', 'locations', 'reservation').grantTo(consumer, 'BatchGetItem');
    inventory.items('backorder').grantTo(consumer, 'GetItem', 'DeleteItem');
    inventory.items('reservation', 'backorder', 'queue', 'shard').grantTo(consumer, 'PutItem', 'UpdateItem');
    inventory.grantIndexesTo(consumer, 'byArrival');
    // A filled order returns to its saga through the order's log.
    orders.grantTo(consumer, 'PutItem', 'Query');
    new LogConsumer(this, 'FillBackordersSource', {
      deployment,
      table: inventory,
      consumer,
      failures: this.failures,
      of: stockItem,
      keys: { attribute: 'pk', prefixes: [stockKinds.queue, stockKinds.backorder] },
      // One delivery changes many items of one SKU. Orders in the queue have waited for days, so another second does
      // not matter.
      windowSeconds: 1,
    });
  }

  /** The audit of the stock, of the payments and of the orders that should have ended, which only reads. */
  #audit(): void {
    const { deployment } = this;
    const { discounts, inventory, orders, orderViews } = deployment.data;
    const auditStock = this.scheduled('audit-stock', audit);
    inventory.items('shard', 'reservation').grantTo(auditStock, 'BatchGetItem');
    inventory.grantTo(auditStock, 'Scan');
    orders.grantTo(auditStock, 'Query');
    orderViews.grantTo(auditStock, 'BatchGetItem');
    orderViews.grantIndexesTo(auditStock, 'byStatus', 'byDue', 'byDay');
    discounts.items('definition', 'uses').grantTo(auditStock, 'Query');
    discounts.items('uses').grantTo(auditStock, 'GetItem');
    callsPaymentGateway(auditStock, deployment);
    for (const { kind, meaning } of auditFindings) {
      const name = `${kind.toLowerCase()}-audit-findings`;
      const metric = this.#counted(`${kind}AuditFindings`, audit.every);
      new FailureAlarm(this, `${kind}AuditFindingsAlarm`, { deployment, name, meaning, runbook: name, metric });
    }
  }

  /** A metric that functions of this stage and cell count (`functions/shared/metric.ts`). */
  #counted(metricName: string, period: Duration): Metric {
    const { stage, cell } = this.deployment.settings;
    return new Metric({
      namespace: 'Holdfast',
      metricName,
      dimensionsMap: { stage, cell },
      statistic: 'Maximum',
      period,
    });
  }
}
