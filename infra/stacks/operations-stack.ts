import type { App } from 'aws-cdk-lib/core';
import { Operations } from '../capabilities/operations.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { ServiceStack } from './service-stack.ts';

/** The topic of all alarms and the functions that describe the system. */
export class OperationsStack extends ServiceStack {
  constructor(app: App, id: string, deployment: Deployment) {
    super(app, id, deployment.settings, 'alarm topic and description of the API');
    new AlarmTopic(this, 'Alarms', deployment.settings);
    new Operations(this, 'Operations', deployment);
  }
}
