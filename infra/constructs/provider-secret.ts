import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Stage } from '../settings.ts';
import type { ServiceFunction } from './service-function.ts';

export interface ProviderSecretProps {
  readonly stage: Stage;
  /** The environment variable for the secret's id. */
  readonly variable: string;
  readonly description: string;
  /** The key that the sandbox of a dev stage expects. In prod the owner stores the provider's key in the secret. */
  readonly sandboxApiKey: string;
}

/**
 * The secret of one gateway, `{"apiKey","webhookSecret"}`. In prod the key is empty at first, so that every call is refused
 * until the owner has filled it in, and the webhook secret is random, so that no signature is valid.
 */
export class ProviderSecret extends Secret {
  readonly #variable: string;

  constructor(scope: Construct, id: string, props: ProviderSecretProps) {
    const prod = props.stage === 'prod';
    super(scope, id, {
      description: props.description,
      removalPolicy: prod ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ apiKey: prod ? '' : props.sandboxApiKey }),
        generateStringKey: 'webhookSecret',
        excludePunctuation: true,
      },
    });
    this.#variable = props.variable;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The gateway issues these keys and rotates them in its own dashboard; AWS cannot rotate them.',
    });
  }

  /** Gives the function the secret's id and allows it to read the secret at run time. */
  grantTo(user: ServiceFunction): void {
    user.addEnvironment(this.#variable, this.secretArn);
    user.allow(['secretsmanager:GetSecretValue'], [this.secretArn]);
  }
}
