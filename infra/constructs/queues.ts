import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';

/** The longest SQS allows: a failure waits two weeks for somebody to look. */
const failureRetention = Duration.days(14);
const queueRetention = Duration.days(4);

/** Tries of one message before it is set aside. More would only delay the alarm: passing faults are gone by then. */
const maxReceives = 5;

/** AWS's advice for a queue that feeds a function: long enough for its retries of a throttled invocation. */
const visibilityTimeoutsPerFunctionTimeout = 6;

const locked = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;

export interface FailureQueueProps {
  readonly deployment: Deployment;
  /** Name of the queue without its prefix, and of its alarm. */
  readonly name: string;
  readonly meaning: string;
  readonly runbook: string;
}

/** Where failures land: kept for two weeks, and an alarm as soon as there is one. */
export class FailureQueue extends Queue {
  constructor(scope: Construct, id: string, { deployment, name, meaning, runbook }: FailureQueueProps) {
    super(scope, id, { queueName: nameIn(deployment.settings, name), retentionPeriod: failureRetention, ...locked });
    new FailureAlarm(scope, `${id}Alarm`, {
      deployment,
      name,
      meaning,
      runbook,
      metric: this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
    });
  }
}

/** For a failure queue that no other queue names as its own: to cdk-nag it looks like a queue that was left without one. */
export function failuresEndHere(queue: FailureQueue): void {
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'This queue is where failures end; nothing receives from it, so nothing can fail after it.',
  });
}

export interface WorkQueueProps {
  readonly deployment: Deployment;
  readonly name: string;
  /** Where a message goes that could not be handled. */
  readonly failures: FailureQueue;
  /** Timeout of the function that works it off. */
  readonly functionTimeout: Duration;
}

/** A queue that a function works off. */
export class WorkQueue extends Queue {
  constructor(scope: Construct, id: string, { deployment, name, failures, functionTimeout }: WorkQueueProps) {
    super(scope, id, {
      queueName: nameIn(deployment.settings, name),
      retentionPeriod: queueRetention,
      visibilityTimeout: Duration.seconds(functionTimeout.toSeconds() * visibilityTimeoutsPerFunctionTimeout),
      deadLetterQueue: { queue: failures, maxReceiveCount: maxReceives },
      ...locked,
    });
  }
}
