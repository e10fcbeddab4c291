import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ServiceFunction } from './service-function.ts';

/** Consecutive periods of five minutes before an alarm. A single error is usually resolved by a retry. */
const periods = 3;

/** An alarm on errors of a function without a waiting caller that would report them. */
export function alarmOnFunction(scope: Construct, deployment: Deployment, user: ServiceFunction): void {
  new FailureAlarm(scope, `${user.node.id}ErrorsAlarm`, {
    deployment,
    name: `${user.verbNoun}-errors`,
    meaning: `${user.verbNoun} has failed in three consecutive periods of five minutes.`,
    runbook: 'background-function-errors',
    metric: user.metricErrors({ period: Duration.minutes(5) }),
    periods,
  });
}

/**
 * An alarm on invocations that Lambda refuses because the account's concurrency is used up. All functions of an account and
 * region share it, so there is one alarm on the metric of the account, and Lambda's metrics of each function say which
 * functions are affected.
 */
export function alarmOnThrottles(scope: Construct, deployment: Deployment): void {
  new FailureAlarm(scope, 'FunctionsThrottledAlarm', {
    deployment,
    name: 'functions-throttled',
    meaning:
      "Functions have been throttled by the account's concurrency limit in three consecutive periods of five minutes.",
    runbook: 'functions-throttled',
    metric: new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'Throttles',
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
    periods,
  });
}
