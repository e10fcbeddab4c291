import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import type { SandboxProps } from './sandbox.ts';

export interface SandboxPagesProps extends SandboxProps {
  /** Base URL of the HTTP API, whose webhook the sandbox reports to. */
  readonly apiUrl: string;
}

/**
 * The part of the sandbox that calls the HTTP API: the page on which a customer confirms a payment, whose answer is reported
 * to the webhook. It is in the stack of that API, because it needs an address that AWS generates with it.
 */
export class SandboxPages extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment, { api, books, apiUrl }: SandboxPagesProps) {
    super(scope, id, deployment);
    // Longer than its attempts to reach the webhook.
    const confirmPayment = this.function('confirm-payment', { timeout: Duration.seconds(25) });
    books.items('payment').grantTo(confirmPayment, 'GetItem', 'UpdateItem');
    deployment.data.paymentSecret.grantTo(confirmPayment);
    confirmPayment.addEnvironment('PAYMENT_WEBHOOK_URL', `${apiUrl}/webhooks/payment`);
    api.route('Challenges', HttpMethod.ANY, '/challenges/{name}', confirmPayment, this);
  }
}
