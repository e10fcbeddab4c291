import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { pascalCase } from '../entry-points.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { alarmOnFunction } from './function-alarms.ts';
import type { FailureQueue } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

/** Retries of a scheduled invocation. They end soon, because the next run does the same work. */
const retries = { retryAttempts: 2, maxEventAge: Duration.minutes(5) } as const;

/** The interval of a scheduled function, and the time without any run after which an alarm is raised. */
export interface Timing {
  readonly every: Duration;
  readonly silence: Duration;
}

/**
 * Runs a function at a fixed interval, with alarms on failures and on missing runs. The event of a run names the function, so
 * that a run in the failure queue does too.
 */
export function runRegularly(
  scope: Construct,
  deployment: Deployment,
  user: ServiceFunction,
  { every, silence, failures }: Timing & { readonly failures: FailureQueue },
): void {
  const { verbNoun } = user;
  const name = pascalCase(verbNoun);
  new Rule(scope, `${name}Schedule`, {
    schedule: Schedule.rate(every),
    targets: [
      new LambdaFunction(user, {
        event: RuleTargetInput.fromObject({ consumer: verbNoun }),
        deadLetterQueue: failures,
        ...retries,
      }),
    ],
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
