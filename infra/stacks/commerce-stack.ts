import type { App } from 'aws-cdk-lib/core';
import { Catalog } from '../capabilities/catalog.ts';
import { Pricing } from '../capabilities/pricing.ts';
import { ShopSettings } from '../capabilities/settings.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { ServiceStack } from './service-stack.ts';

/** What is sold. Capabilities around the order that are neither stock nor the order itself belong here. */
export class CommerceStack extends ServiceStack {
  constructor(app: App, id: string, deployment: Deployment) {
    super(app, id, deployment.settings, 'what is sold, at which prices');
    new Catalog(this, 'Catalog', deployment);
    new Pricing(this, 'Pricing', deployment);
    new ShopSettings(this, 'Settings', deployment);
  }
}
