import { CfnOutput, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { routes } from '../../api/routes.ts';
import type { Bundle } from '../bundle.ts';
import { Catalog } from '../capabilities/catalog.ts';
import { Fulfillment } from '../capabilities/fulfillment.ts';
import { Inventory } from '../capabilities/inventory.ts';
import { Operations } from '../capabilities/operations.ts';
import { Orders } from '../capabilities/orders.ts';
import { Sandbox } from '../capabilities/sandbox.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { nameIn } from '../constructs/build.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { SandboxApi } from '../constructs/sandbox-api.ts';
import type { Settings } from '../settings.ts';
import type { DataStack } from './data-stack.ts';

export interface ServicesStackProps {
  readonly settings: Settings;
  readonly bundle: Bundle;
  readonly data: DataStack;
}

/**
 * The functions, the API, the sagas, the queues and the alarms. The stack holds no data and can be deleted and created
 * again.
 */
export class ServicesStack extends Stack {
  constructor(scope: Construct, id: string, { settings, bundle, data }: ServicesStackProps) {
    super(scope, id, {
      stackName: nameIn(settings, 'services'),
      description: `Holdfast ${settings.stage}: functions, API, sagas, queues and alarms`,
    });
    const sandbox = data.sandbox && { books: data.sandbox, api: new SandboxApi(this, 'SandboxApi', settings) };
    const deployment: Deployment = {
      settings,
      bundle,
      data,
      alarms: new AlarmTopic(this, 'Alarms', settings),
      functions: new Map(),
      endpoints: {
        PAYMENT_ENDPOINT: settings.paymentEndpoint ?? sandbox?.api.url ?? '',
        CARRIER_ENDPOINT: settings.carrierEndpoint ?? sandbox?.api.url ?? '',
      },
    };
    new Catalog(this, 'Catalog', deployment);
    new Inventory(this, 'Inventory', deployment);
    new Operations(this, 'Operations', deployment);
    if (sandbox) new Sandbox(this, 'Sandbox', deployment, sandbox);
    new Orders(this, 'Orders', deployment);
    new Fulfillment(this, 'Fulfillment', deployment);
    const api = new HttpApi(this, 'HttpApi', { deployment, routes, users: data.users });

    if (deployment.endpoints.CARRIER_ENDPOINT === '' && settings.shipFrom === '') {
      Validations.of(this).addWarning(
        'Holdfast:NoSender',
        "No label can be booked until -c shipFrom= gives the senders' addresses.",
      );
    }
    new CfnOutput(this, 'ApiUrl', { value: api.url });
    if (sandbox) new CfnOutput(this, 'SandboxUrl', { value: sandbox.api.url });
  }
}
