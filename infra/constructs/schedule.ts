import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { pascalCase } from '../entry-points.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { alarmOnFunction } from './function-alarms.ts';
import { FailureQueue, failuresEndHere } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

/** The next run comes soon and does the same work, so a lost one is not retried for long. */
const lost = { retryAttempts: 2, maxEventAge: Duration.minutes(5) } as const;

/** How often a function runs by the clock, and the time without a single run after which somebody is told. */
export interface Rhythm {
  readonly every: Duration;
  readonly silence: Duration;
}

/** Where the runs of a scheduled function end that could not be started or kept failing. */
export function missedRuns(scope: Construct, deployment: Deployment, verbNoun: string): FailureQueue {
  const failures = new FailureQueue(scope, `${pascalCase(verbNoun)}DeadLetters`, {
    deployment,
    name: `${verbNoun}-dead-letters`,
    meaning: `A run of ${verbNoun} could not be started or kept failing.`,
    runbook: `${verbNoun}-not-run`,
  });
  failuresEndHere(failures);
  return failures;
}

/** Runs a function by the clock; told of are its failures, and its silence. */
export function runRegularly(
  scope: Construct,
  deployment: Deployment,
  user: ServiceFunction,
  { every, silence, failures }: Rhythm & { readonly failures: FailureQueue },
): void {
  const { verbNoun } = user;
  const name = pascalCase(verbNoun);
  new Rule(scope, `${name}Schedule`, {
    schedule: Schedule.rate(every),
    targets: [new LambdaFunction(user, { deadLetterQueue: failures, ...lost })],
  });
  new FailureAlarm(scope, `${name}StoppedAlarm`, {
    deployment,
    name: `${verbNoun}-stopped`,
    meaning: `${verbNoun} has not run for ${silence.toMinutes()} minutes.`,
    runbook: `${verbNoun}-not-run`,
    metric: user.metricInvocations({ period: silence }),
    below: 1,
  });
  alarmOnFunction(scope, deployment, user);
}
