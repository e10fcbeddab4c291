import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ServiceFunction } from './service-function.ts';

/** A retry heals a single error; this many periods of five minutes in a row are no accident. */
const periods = 3;

/** Errors and throttles of a function that nobody waits for, so that nobody else would report them. */
export function alarmOnFunction(scope: Construct, deployment: Deployment, user: ServiceFunction): void {
  const period = Duration.minutes(5);
  new FailureAlarm(scope, `${user.node.id}ErrorsAlarm`, {
    deployment,
    name: `${user.verbNoun}-errors`,
    meaning: `${user.verbNoun} has kept failing for a quarter of an hour.`,
    runbook: 'background-function-errors',
    metric: user.metricErrors({ period }),
    periods,
  });
  new FailureAlarm(scope, `${user.node.id}ThrottlesAlarm`, {
    deployment,
    name: `${user.verbNoun}-throttles`,
    meaning: `${user.verbNoun} has been held back by the account's concurrency for a quarter of an hour.`,
    runbook: 'background-function-throttles',
    metric: user.metricThrottles({ period }),
    periods,
  });
}
