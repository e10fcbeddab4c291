import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EventPattern } from '../../events/define-event.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { alarmOnFunction } from './function-alarms.ts';
import { type FailureQueue, WorkQueue } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

export interface EventConsumerProps {
  readonly deployment: Deployment;
  readonly bus: EventBus;
  /** The events that it consumes, as a pattern of the event's definition. */
  readonly pattern: EventPattern;
  /** In kebab case; part of the names of the queue and its alarm. */
  readonly name: string;
  /** The failure queue of the consumer's capability. */
  readonly failures: FailureQueue;
  readonly consumer: ServiceFunction;
  /** Most concurrent environments of the consumer, which limits the load on the services that it calls. At least 2. */
  readonly maxConcurrency: number;
}

/** Most messages of one invocation: SQS's default. */
const batchSize = 10;
/** The age of the oldest message that raises an alarm: the consumer has stopped or is too slow. */
const lateSeconds = 300;
/** How long EventBridge retries a delivery before it sends the event to the failure queue. */
const deliveryRetries = { retryAttempts: 20, maxEventAge: Duration.hours(2) } as const;

/**
 * Delivers events from the bus to a function through a queue: rule -> queue -> function. Failed messages are retried one by
 * one. An event that cannot be delivered or handled ends, complete, in the failure queue, from which it can be sent back.
 */
export class EventConsumer extends Construct {
  constructor(scope: Construct, id: string, props: EventConsumerProps) {
    super(scope, id);
    const { deployment, name, consumer, failures } = props;
    const queue = new WorkQueue(this, 'Queue', {
      deployment,
      name: `${name}-queue`,
      failures,
      functionTimeout: consumer.timeout ?? Duration.seconds(3),
    });
    const target = new SqsQueue(queue, { deadLetterQueue: failures, ...deliveryRetries });
    new Rule(this, 'Rule', { eventBus: props.bus, eventPattern: props.pattern, targets: [target] });
    consumer.addEventSource(
      new SqsEventSource(queue, { batchSize, reportBatchItemFailures: true, maxConcurrency: props.maxConcurrency }),
    );
    new FailureAlarm(this, 'QueueLateAlarm', {
      deployment,
      name: `${name}-queue-late`,
      meaning: `Events have waited for ${consumer.verbNoun} for more than ${lateSeconds / 60} minutes.`,
      runbook: 'saga-start-late',
      metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: lateSeconds,
      periods: 3,
    });
    alarmOnFunction(this, deployment, consumer);
  }
}
