import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';

/** How long a failure is kept: the maximum that SQS allows. */
const failureRetention = Duration.days(14);
const queueRetention = Duration.days(4);

/**
 * Receives of one message before it moves to the failure queue. Transient faults have passed by then; more would delay
 * the alarm.
 */
const maxReceives = 5;

/**
 * The visibility timeout that AWS advises for a queue of a function, as a multiple of the function's timeout. It leaves
 * time to retry throttled invocations.
 */
const visibilityTimeoutsPerFunctionTimeout = 6;

const security = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;

export interface FailureQueueProps {
  readonly deployment: Deployment;
  /** The capability whose failures it takes, in kebab case. */
  readonly capability: string;
}

/**
 * The queue for everything that the functions of a capability could not handle. It keeps a failure for two weeks and raises
 * an alarm as soon as it contains one. A message says by its body and attributes which consumer failed and how it is sent
 * back (`npm run failures`).
 */
export class FailureQueue extends Queue {
  constructor(scope: Construct, id: string, { deployment, capability }: FailureQueueProps) {
    const name = `${capability}-failures`;
    super(scope, id, { queueName: nameIn(deployment.settings, name), retentionPeriod: failureRetention, ...security });
    new FailureAlarm(scope, `${id}Alarm`, {
      deployment,
      name,
      meaning: `A message, an item of a stream or a scheduled run of ${capability} could not be handled.`,
      runbook: 'failures',
      metric: this.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is a queue for failures. No function receives from it, so it needs no failure queue itself.',
    });
  }
}

export interface WorkQueueProps {
  readonly deployment: Deployment;
  readonly name: string;
  /** The queue for messages that could not be handled. */
  readonly failures: FailureQueue;
  /** The timeout of the function that receives from the queue. */
  readonly functionTimeout: Duration;
}

/** A queue that a function receives from. */
export class WorkQueue extends Queue {
  constructor(scope: Construct, id: string, { deployment, name, failures, functionTimeout }: WorkQueueProps) {
    super(scope, id, {
      queueName: nameIn(deployment.settings, name),
      retentionPeriod: queueRetention,
      visibilityTimeout: Duration.seconds(functionTimeout.toSeconds() * visibilityTimeoutsPerFunctionTimeout),
      deadLetterQueue: { queue: failures, maxReceiveCount: maxReceives },
      ...security,
    });
  }
}
