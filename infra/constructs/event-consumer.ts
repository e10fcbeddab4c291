import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EventPattern } from '../../events/define-event.ts';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { alarmOnFunction } from './function-alarms.ts';
import { FailureQueue, WorkQueue } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

export interface EventConsumerProps {
  readonly deployment: Deployment;
  readonly bus: EventBus;
  /** What it listens to, from the event's own definition. */
  readonly pattern: EventPattern;
  /** Kebab-case; names the rule, the queues and the alarms. */
  readonly name: string;
  readonly consumer: ServiceFunction;
  /** How many environments may work the queue off at once: the back pressure for what the consumer calls. At least 2. */
  readonly maxConcurrency: number;
}

/** SQS's own default; one environment handles these one after the other or together. */
const batchSize = 10;
/** A message that old means that nobody works the queue off, or not fast enough. */
const lateSeconds = 300;
/** EventBridge retries a delivery for this long before it sets the event aside. */
const deliveryRetries = { retryAttempts: 20, maxEventAge: Duration.hours(2) } as const;

/**
 * Events from the bus to a function through a queue: rule -> queue -> function, one failed message at a time. What cannot
 * be delivered or handled lands, whole, in the same failure queue, from where it can be moved back to the queue.
 */
export class EventConsumer extends Construct {
  constructor(scope: Construct, id: string, props: EventConsumerProps) {
    super(scope, id);
    const { deployment, name, consumer } = props;
    const failures = new FailureQueue(this, 'DeadLetters', {
      deployment,
      name: `${name}-dead-letters`,
      meaning: `An event could not be delivered to or handled by ${consumer.verbNoun}.`,
      runbook: 'saga-start-dead-letters',
    });
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
      meaning: `Events wait for ${consumer.verbNoun} longer than ${lateSeconds / 60} minutes.`,
      runbook: 'saga-start-late',
      metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: lateSeconds,
      periods: 3,
    });
    alarmOnFunction(this, deployment, consumer);
  }
}
