import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import type { SandboxApi } from '../constructs/sandbox-api.ts';
import type { TableOfKinds } from '../constructs/store-table.ts';

export interface SandboxProps {
  readonly api: SandboxApi;
  /** The table of the sandbox's own records. */
  readonly books: TableOfKinds<'payment' | 'shipment'>;
}

/** Replacements for the payment gateway and the carrier gateway, in dev only, with their own records. */
export class Sandbox extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment, { api, books }: SandboxProps) {
    super(scope, id, deployment);

    const answerStripe = this.function('answer-stripe');
    books.items('payment').grantTo(answerStripe, 'GetItem', 'PutItem', 'UpdateItem');
    answerStripe.addEnvironment('SANDBOX_PUBLIC_URL', api.url);
    api.route('Stripe', HttpMethod.ANY, '/v1/{proxy+}', answerStripe);

    const answerEasypost = this.function('answer-easypost');
    books.items('shipment').grantTo(answerEasypost, 'GetItem', 'PutItem', 'UpdateItem');
    answerEasypost.addEnvironment('SANDBOX_PUBLIC_URL', api.url);
    api.route('Easypost', HttpMethod.ANY, '/v2/{proxy+}', answerEasypost);

    const showLabel = this.function('show-label');
    books.items('shipment').grantTo(showLabel, 'GetItem');
    api.route('Labels', HttpMethod.GET, '/labels/{file}', showLabel);
  }
}
