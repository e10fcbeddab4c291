import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import type { ServiceFunction } from '../constructs/service-function.ts';

/** The gateway's client gives up earlier, and the state of the saga later: two tries of one step never overlap. */
const gatewayTimeout = Duration.seconds(25);

/** Parcels, labels and tracking, through the carrier gateway. */
export class Shipping extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { orders, contacts, idempotency } = deployment.data;

    const bookShipment = this.#withGateway('book-shipment');
    bookShipment.addEnvironment('CARRIER_ACCOUNT', deployment.settings.carrierAccount);
    bookShipment.addEnvironment('CARRIER_SERVICE', deployment.settings.carrierService);
    bookShipment.addEnvironment('SHIP_FROM', deployment.settings.shipFrom);
    contacts.grantTo(bookShipment, 'GetItem');
    // What is bought is on record before it is bought.
    idempotency.grantTo(bookShipment, 'UpdateItem');

    const cancelShipment = this.#withGateway('cancel-shipment');
    // Before an undo the order's log must say that the order fails.
    orders.grantTo(cancelShipment, 'PutItem', 'Query');
    // A label may have been bought without anybody hearing of it; from then on none is.
    idempotency.grantTo(cancelShipment, 'UpdateItem');

    // A delivery is a fact of the order.
    orders.grantTo(this.#withGateway('receive-carrier-webhook'), 'PutItem', 'Query');
  }

  #withGateway(verbNoun: string): ServiceFunction {
    const step = this.function(verbNoun, { timeout: gatewayTimeout, waits: true });
    step.addEnvironment('CARRIER_ENDPOINT', this.deployment.endpoints.CARRIER_ENDPOINT);
    this.deployment.data.carrierSecret.grantTo(step);
    return step;
  }
}
