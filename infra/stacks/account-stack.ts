import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ResourcePolicy } from 'aws-cdk-lib/aws-logs';
import { type App, ArnFormat, Stack } from 'aws-cdk-lib/core';
import { vendedLogsPrefix } from '../constructs/vended-logs.ts';

/**
 * What an account and region have once, for all stages and cells: their deployments update the same stack with the same
 * content.
 */
export class AccountStack extends Stack {
  constructor(app: App, id: string) {
    super(app, id, { stackName: 'holdfast-account', description: 'Holdfast: what an account has once' });
    // Without it, each state machine and each API adds its log group to one policy of the account, which several of them
    // change at the same time and which has a bounded length.
    new ResourcePolicy(this, 'LogDelivery', {
      resourcePolicyName: 'holdfast-log-delivery',
      policyStatements: [
        new PolicyStatement({
          principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [
            this.formatArn({
              service: 'logs',
              resource: 'log-group',
              resourceName: `${vendedLogsPrefix}*`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ],
          conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
        }),
      ],
    });
  }
}
