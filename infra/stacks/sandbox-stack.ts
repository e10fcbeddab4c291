import { type App, CfnOutput } from 'aws-cdk-lib/core';
import { SandboxApi } from '../constructs/sandbox-api.ts';
import type { Settings } from '../settings.ts';
import { ServiceStack } from './service-stack.ts';

/** The replacements for the gateways, in dev only. */
export class SandboxStack extends ServiceStack {
  readonly api: SandboxApi;

  constructor(app: App, id: string, settings: Settings) {
    super(app, id, settings, 'sandbox gateways');
    this.api = new SandboxApi(this, 'SandboxApi', settings);
    new CfnOutput(this, 'SandboxUrl', { value: this.api.url });
    // AWS generates the address and the id, so names cannot stand for them. The exports stay when their last consumer goes.
    this.exportValue(this.api.url);
    this.exportValue(this.api.apiId);
  }
}
