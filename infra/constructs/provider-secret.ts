import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Stage } from '../settings.ts';
import type { ServiceFunction } from './service-function.ts';

export interface ProviderSecretProps {
  readonly stage: Stage;
  /** The environment variable that tells a function the secret's id. */
  readonly variable: string;
  readonly description: string;
  /** The key that the sandbox of a dev stage expects. In prod the owner writes the provider's own key into the secret. */
  readonly sandboxApiKey: string;
}

/**
 * `{"apiKey","webhookSecret"}` of one gateway. In prod the key starts empty, so that every call is refused until the
 * owner has filled it in, and the webhook secret starts random, so that nobody can sign.
 */
export class ProviderSecret extends Secret {
  readonly #variable: string;

  constructor(scope: Construct, id: string, props: ProviderSecretProps) {
    const prod = props.stage === 'prod';
    super(scope, id, {
      description: props.description,
      removalPolicy: prod ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ apiKey: prod ? '' : props.sandboxApiKey }),
        generateStringKey: 'webhookSecret',
        excludePunctuation: true,
      },
    });
    this.#variable = props.variable;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The gateway issues these keys and rotates them in its own dashboard; nothing here could rotate them.',
    });
  }

  /** Tells the function where the secret is and allows it to read it, at run time. */
  grantTo(user: ServiceFunction): void {
    user.addEnvironment(this.#variable, this.secretArn);
    user.allow(['secretsmanager:GetSecretValue'], [this.secretArn]);
  }
}
