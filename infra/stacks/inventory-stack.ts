import type { App } from 'aws-cdk-lib/core';
import { Inventory } from '../capabilities/inventory.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { ServiceStack } from './service-stack.ts';

/** The API of the stock and the functions that keep it in order. */
export class InventoryStack extends ServiceStack {
  constructor(app: App, id: string, deployment: Deployment) {
    super(app, id, deployment.settings, 'stock and locations');
    new Inventory(this, 'Inventory', deployment);
  }
}
