import type { App } from 'aws-cdk-lib/core';
import { Catalog } from '../capabilities/catalog.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { ServiceStack } from './service-stack.ts';

/** What is sold. Capabilities around the order that are neither stock nor the order itself belong here. */
export class CommerceStack extends ServiceStack {
  constructor(app: App, id: string, deployment: Deployment) {
    super(app, id, deployment.settings, 'catalog');
    new Catalog(this, 'Catalog', deployment);
  }
}
