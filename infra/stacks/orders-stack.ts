import { type App, Validations } from 'aws-cdk-lib/core';
import { Fulfillment } from '../capabilities/fulfillment.ts';
import { Orders } from '../capabilities/orders.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { ServiceStack } from './service-stack.ts';

/** The API of the orders, the consumers of their log, and the sagas with their steps. */
export class OrdersStack extends ServiceStack {
  constructor(app: App, id: string, deployment: Deployment) {
    super(app, id, deployment.settings, 'orders, their log and their sagas');
    new Orders(this, 'Orders', deployment);
    new Fulfillment(this, 'Fulfillment', deployment);
    if (deployment.endpoints.CARRIER_ENDPOINT === '' && deployment.settings.shipFrom === '') {
      Validations.of(this).addWarning(
        'Holdfast:NoSender',
        "No label can be booked until -c shipFrom= gives the senders' addresses.",
      );
    }
  }
}
