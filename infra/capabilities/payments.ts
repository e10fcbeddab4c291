import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import type { ServiceFunction } from '../constructs/service-function.ts';

/** The gateway's client gives up earlier, and the state of the saga later: two tries of one step never overlap. */
const gatewayTimeout = Duration.seconds(25);

/** The customer's money, through the payment gateway. */
export class Payments extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { orders, idempotency } = deployment.data;

    this.#withGateway('authorize-payment');
    this.#withGateway('capture-payment');
    // Before an undo the order's log must say that the order fails. Authorizations that came late are looked for by what
    // the webhook has seen.
    const voidPayment = this.#withGateway('void-payment');
    orders.grantTo(voidPayment, 'PutItem', 'Query');
    idempotency.grantTo(voidPayment, 'GetItem', 'PutItem');

    const receivePaymentWebhook = this.#withGateway('receive-payment-webhook');
    orders.grantTo(receivePaymentWebhook, 'PutItem', 'Query');
    idempotency.grantTo(receivePaymentWebhook, 'GetItem', 'PutItem');
  }

  #withGateway(verbNoun: string): ServiceFunction {
    const step = this.function(verbNoun, { timeout: gatewayTimeout, waits: true });
    step.addEnvironment('PAYMENT_ENDPOINT', this.deployment.endpoints.PAYMENT_ENDPOINT);
    this.deployment.data.paymentSecret.grantTo(step);
    return step;
  }
}
