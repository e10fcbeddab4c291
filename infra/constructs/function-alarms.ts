import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ServiceFunction } from './service-function.ts';

/** Consecutive periods of five minutes before an alarm. A single error is usually resolved by a retry. */
const periods = 3;

/** Alarms on errors and throttles of a function without a waiting caller that would report them. */
export function alarmOnFunction(scope: Construct, deployment: Deployment, user: ServiceFunction): void {
  const period = Duration.minutes(5);
  new FailureAlarm(scope, `${user.node.id}ErrorsAlarm`, {
    deployment,
    name: `${user.verbNoun}-errors`,
    meaning: `${user.verbNoun} has failed in three consecutive periods of five minutes.`,
    runbook: 'background-function-errors',
    metric: user.metricErrors({ period }),
    periods,
  });
  new FailureAlarm(scope, `${user.node.id}ThrottlesAlarm`, {
    deployment,
    name: `${user.verbNoun}-throttles`,
    meaning: `${user.verbNoun} has been throttled by the account's concurrency limit in three consecutive periods of five minutes.`,
    runbook: 'background-function-throttles',
    metric: user.metricThrottles({ period }),
    periods,
  });
}
