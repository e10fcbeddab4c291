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
import { LogConsumer } from '../constructs/log-consumer.ts';
import { Saga } from '../constructs/saga.ts';
import { pascalCase } from '../entry-points.ts';

/** A cancellation of an order that is still `placed` is for the saga that places it; it ends that order itself. */
const cancellationAfterPlacing = cancellationRequested.pattern({ from: ['confirmed', 'on_hold'] });

/** Every other resumption is a person's, and leads on by itself. */
const stockHasArrived = orderResumed.pattern({ reason: ['stock_arrived'] });

/** Standard state machines start 300 a second for an account; ten environments stay under it. Express ones start 6,000. */
const starters = { STANDARD: 10, EXPRESS: 50 } as const;

const resumption = {
  every: Duration.minutes(5),
  silence: Duration.minutes(30),
  timeout: Duration.seconds(60),
} as const;
/** Runs in a row that find a stalled order: the first one starts its saga again, and by the third it has ended. */
const stalledPeriods = 3;

const projectionTimeout = Duration.seconds(60);

/** The order itself: its log, its views, and the sagas that carry it through. Made after the capabilities whose steps they use. */
export class Orders extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    this.#api();
    this.#steps();
    const orderSaga = this.#saga('order-saga', 'ORDER_SAGA_ARN', orderPlaced.pattern());
    this.#saga('dispatch-saga', 'DISPATCH_SAGA_ARN', dispatchRequested.pattern());
    this.#saga('cancellation-saga', 'CANCELLATION_SAGA_ARN', cancellationAfterPlacing);
    this.#afterWaiting(orderSaga);
    this.#publisher();
    this.#projector();
    this.#resumption(orderSaga);
  }

  #api(): void {
    const { orders, orderViews, contacts, catalog, idempotency } = this.deployment.data;

    const placeOrder = this.function('place-order');
    orders.grantTo(placeOrder, 'PutItem', 'Query');
    contacts.grantTo(placeOrder, 'PutItem');
    catalog.grantTo(placeOrder, 'BatchGetItem');
    idempotency.grantTo(placeOrder, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');

    const getOrder = this.function('get-order');
    orders.grantTo(getOrder, 'Query');
    contacts.grantTo(getOrder, 'GetItem');

    const listOrders = this.function('list-orders');
    orderViews.grantTo(listOrders, 'BatchGetItem');
    orderViews.grantIndexesTo(listOrders, 'byCustomer', 'byStatus', 'byDay');

    orders.grantTo(this.function('list-order-events'), 'Query');

    const cancelOrder = this.function('cancel-order');
    orders.grantTo(cancelOrder, 'PutItem', 'Query');
    contacts.grantTo(cancelOrder, 'GetItem');

    orders.grantTo(this.function('request-dispatch'), 'PutItem', 'Query');
  }

  #steps(): void {
    const { orders, inventory } = this.deployment.data;
    for (const step of ['reject-order', 'hold-order', 'record-dispatch', 'record-cancellation']) {
      orders.grantTo(this.function(step), 'PutItem', 'Query');
    }
    // Whoever says that an order waits looks whether it still does.
    const holdBackorder = this.function('hold-backorder');
    orders.grantTo(holdBackorder, 'PutItem', 'Query');
    inventory.grantTo(holdBackorder, 'GetItem');
    // Confirming makes the hold on the stock permanent.
    const confirmOrder = this.function('confirm-order');
    orders.grantTo(confirmOrder, 'PutItem', 'Query');
    inventory.grantTo(confirmOrder, 'UpdateItem');
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

  /** An order whose stock has come runs its saga again. */
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

  /** Takes up again what lost its execution. */
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
      meaning: 'Orders are still placed long after their saga must have ended, and starting it again has not helped.',
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

  #publisher(): void {
    const { deployment } = this;
    const { orders, bus } = deployment.data;
    const consumer = this.function('publish-events', { timeout: projectionTimeout });
    consumer.addEnvironment('BUS_NAME', bus.eventBusName);
    consumer.allow(['events:PutEvents'], [bus.eventBusArn]);
    new LogConsumer(this, 'PublishEventsSource', { deployment, table: orders, consumer, windowSeconds: 0 });
  }

  #projector(): void {
    const { deployment } = this;
    const { orders, orderViews } = deployment.data;
    const consumer = this.function('project-order', { timeout: projectionTimeout });
    orders.grantTo(consumer, 'Query');
    orderViews.grantTo(consumer, 'PutItem');
    new LogConsumer(this, 'ProjectOrderSource', { deployment, table: orders, consumer, windowSeconds: 1 });
  }
}
