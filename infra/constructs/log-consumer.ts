import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { alarmOnFunction } from './function-alarms.ts';
import type { FailureQueue } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

export interface LogConsumerProps {
  readonly deployment: Deployment;
  /** The table whose stream is read. */
  readonly table: Table;
  readonly consumer: ServiceFunction;
  /** The failure queue of the consumer's capability. */
  readonly failures: FailureQueue;
  /** The longest time that records are collected for a batch, in seconds; 0 delivers every record at once. */
  readonly windowSeconds: number;
  /** How alarms name the stream. Default: the order log. */
  readonly of?: typeof orderLog | typeof stockItem;
  /** Key prefixes of the items that the consumer receives; all items when absent. Other items cause no invocation. */
  readonly keys?: { readonly attribute: string; readonly prefixes: readonly string[] };
  /**
   * Most records of a batch. An item has a few kB at most, so a batch stays well below Lambda's 6 MB for an invocation.
   */
  readonly batchSize?: number;
}

const orderLog = { stream: 'the order log' } as const;
export const stockItem = { stream: 'the stock table' } as const;
const defaultBatchSize = 100;
/**
 * Retries of a batch before Lambda discards it. There are many, because the consumer sets a poison item aside at once, and
 * what remains are faults that pass, such as a bus that does not answer.
 */
const maxRetries = 100;
/**
 * The age at which Lambda discards a record. The stream keeps records for 24 hours, so half of that leaves time to read
 * them.
 */
const maxRecordAge = Duration.hours(12);
/** Concurrent batches of one stream shard. The records of one key stay in order. */
const parallelBatches = 2;
const lateSeconds = 60;

/**
 * A function that consumes the stream of a table. A record that it cannot handle never blocks the stream: the consumer sends
 * the key of a poison item to the failure queue (`STREAM_FAILURES_QUEUE_URL`), and for a batch that Lambda discards after
 * splitting and retrying it, Lambda sends the batch's position in the stream there.
 */
export class LogConsumer extends Construct {
  constructor(scope: Construct, id: string, props: LogConsumerProps) {
    super(scope, id);
    const { deployment, table, consumer, failures, windowSeconds, of = orderLog, keys } = props;
    const name = consumer.verbNoun;
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new Error(`${table.node.path} has no stream`);
    consumer.addEnvironment('STREAM_FAILURES_QUEUE_URL', failures.queueUrl);
    consumer.allow(['sqs:SendMessage'], [failures.queueArn]);
    consumer.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [streamArn],
    );
    const mapping = consumer.addEventSourceMapping(of === orderLog ? 'OrderLog' : 'Stream', {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? defaultBatchSize,
      maxBatchingWindow: Duration.seconds(windowSeconds),
      parallelizationFactor: parallelBatches,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: maxRetries,
      maxRecordAge,
      // SqsDlq would grant more than the sending of messages, which is granted above.
      onFailure: { bind: () => ({ destination: failures.queueArn }) },
      ...(keys && {
        filters: keys.prefixes.map((prefix) =>
          FilterCriteria.filter({ dynamodb: { Keys: { [keys.attribute]: { S: [{ prefix }] } } } }),
        ),
      }),
    });
    // Lambda checks the role's permissions when it creates the mapping.
    if (consumer.role !== undefined) mapping.node.addDependency(consumer.role);
    new FailureAlarm(this, 'LateAlarm', {
      deployment,
      name: `${name}-late`,
      meaning: `${name} is more than ${lateSeconds} seconds behind ${of.stream}.`,
      runbook: 'stream-late',
      metric: consumer.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' }),
      above: lateSeconds * 1000,
      periods: 5,
    });
    alarmOnFunction(this, deployment, consumer);
  }
}
