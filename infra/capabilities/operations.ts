import type { Construct } from 'constructs';
import { Capability } from '../constructs/capability.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { alarmOnThrottles } from '../constructs/function-alarms.ts';

/** The functions that describe the system itself, and the alarm on what all functions share. */
export class Operations extends Capability {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    this.function('show-openapi');
    alarmOnThrottles(this, deployment);
  }
}
