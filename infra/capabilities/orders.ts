import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { LogConsumer } from '../constructs/log-consumer.ts';
import type { ServiceFunction } from '../constructs/service-function.ts';

const consumerTimeout = Duration.seconds(60);

/** The API of orders and the consumers of the order log's stream: publishing and projection. */
export class Orders extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const placeOrder = this.#api();
    this.#publisher();
    const projector = this.#projector();
    // An update reaches the projector first: it keeps the contacts that the placement would let expire.
    placeOrder.node.addDependency(projector);
  }

  #api(): ServiceFunction {
    const { orders, orderViews, contacts, idempotency, inventory, gatewayRecords } = this.deployment.data;

    const placeOrder = this.function('place-order');
    orders.grantTo(placeOrder, 'PutItem', 'Query');
    // The address of a repeated request is compared with the one that is kept.
    contacts.grantTo(placeOrder, 'GetItem', 'PutItem');
    this.#prices(placeOrder);
    idempotency.grantTo(placeOrder, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');

    const quoteOrder = this.function('quote-order');
    this.#prices(quoteOrder);
    inventory.items('plan', 'shard', 'locations').grantTo(quoteOrder, 'BatchGetItem');

    const getOrder = this.function('get-order');
    orders.grantTo(getOrder, 'Query');
    contacts.grantTo(getOrder, 'GetItem');
    // With what the customer confirms a payment.
    gatewayRecords.items('actions').grantTo(getOrder, 'GetItem');

    const listOrders = this.function('list-orders');
    orderViews.grantTo(listOrders, 'BatchGetItem');
    orderViews.grantIndexesTo(listOrders, 'byCustomer', 'byStatus', 'byDay');

    orders.grantTo(this.function('list-order-events'), 'Query');

    const cancelOrder = this.function('cancel-order');
    orders.grantTo(cancelOrder, 'PutItem', 'Query');
    contacts.grantTo(cancelOrder, 'GetItem');

    orders.grantTo(this.function('request-dispatch'), 'PutItem', 'Query');
    return placeOrder;
  }

  /** What the price of an order is read from. */
  #prices(user: ServiceFunction): void {
    const { catalog, settings, discounts } = this.deployment.data;
    catalog.grantTo(user, 'BatchGetItem');
    settings.grantTo(user, 'Query');
    discounts.items('definition').grantTo(user, 'Query');
    discounts.items('definition', 'uses').grantTo(user, 'GetItem');
  }

  #publisher(): void {
    const { deployment, failures } = this;
    const { orders, bus } = deployment.data;
    const consumer = this.function('publish-events', { timeout: consumerTimeout });
    consumer.addEnvironment('BUS_NAME', bus.eventBusName);
    consumer.allow(['events:PutEvents'], [bus.eventBusArn]);
    new LogConsumer(this, 'PublishEventsSource', { deployment, table: orders, consumer, failures, windowSeconds: 0 });
  }

  #projector(): ServiceFunction {
    const { deployment, failures } = this;
    const { orders, orderViews, contacts } = deployment.data;
    const consumer = this.function('project-order', { timeout: consumerTimeout });
    // A hold that expires is one of the things by which an order is due.
    consumer.addEnvironment('HOLD_SECONDS', String(deployment.settings.holdSeconds));
    orders.grantTo(consumer, 'Query');
    orderViews.grantTo(consumer, 'PutItem');
    contacts.grantTo(consumer, 'UpdateItem');
    new LogConsumer(this, 'ProjectOrderSource', { deployment, table: orders, consumer, failures, windowSeconds: 1 });
    return consumer;
  }
}
