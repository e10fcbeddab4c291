import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Stage } from '../settings.ts';

/**
 * Prefix of the log groups that AWS services write to. AWS allows delivery to it by one policy of the account; with another
 * prefix each log group needs a place in a policy of bounded length.
 */
export const vendedLogsPrefix = '/aws/vendedlogs/';

const retention = { dev: RetentionDays.ONE_WEEK, prod: RetentionDays.THREE_MONTHS } as const;

/** A log group that an AWS service writes to. */
export class VendedLogs extends LogGroup {
  /** @param name the service and the resource, such as `states/holdfast-dev-a-order-saga` */
  constructor(scope: Construct, id: string, { name, stage }: { readonly name: string; readonly stage: Stage }) {
    super(scope, id, {
      logGroupName: `${vendedLogsPrefix}${name}`,
      retention: retention[stage],
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
