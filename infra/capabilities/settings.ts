import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';

/** The policy of the shop, which staff changes while it runs. */
export class ShopSettings extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { settings } = deployment.data;
    settings.grantTo(this.function('get-setting'), 'Query');
    settings.grantTo(this.function('list-setting-versions'), 'Query');
    settings.grantTo(this.function('put-setting'), 'PutItem', 'Query');
  }
}
