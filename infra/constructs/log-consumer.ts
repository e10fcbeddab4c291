import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { alarmOnFunction } from './function-alarms.ts';
import { FailureQueue, failuresEndHere } from './queues.ts';
import type { ServiceFunction } from './service-function.ts';

export interface LogConsumerProps {
  readonly deployment: Deployment;
  /** The table whose stream is read. */
  readonly table: Table;
  readonly consumer: ServiceFunction;
  /** How long a batch may gather, in seconds; 0 wants every item at once. */
  readonly windowSeconds: number;
  /** What the table's items are to a reader of its alarms. */
  readonly of?: typeof orderLog | typeof stockItem;
  /** Beginnings of the keys of the items that it wants; all when absent. What is left out costs no invocation. */
  readonly keys?: { readonly attribute: string; readonly prefixes: readonly string[] };
  /** Most records of a batch; well under the 6 MB that an invocation may carry, as an item has a few kB at most. */
  readonly batchSize?: number;
}

const orderLog = { items: 'commit', stream: 'the order log' } as const;
export const stockItem = { items: 'stock item', stream: 'the stock table' } as const;
const usualBatchSize = 100;
/**
 * Tries of a batch before it is given up. Many: a commit that can never be handled is set aside by the consumer at once,
 * so what is retried here is a fault that passes, such as a bus that does not answer.
 */
const maxRetries = 100;
/** The stream forgets after 24 hours. Half of that leaves time to look before anything is given up for its age. */
const maxRecordAge = Duration.hours(12);
/** Batches of one shard that run at once. Order is kept for each key, here each order. */
const parallelBatches = 2;
const lateSeconds = 60;

/**
 * A function that follows the stream of a table. What it cannot handle never blocks the stream: the consumer itself puts
 * the key of a hopeless record into its failure queue, by `STREAM_FAILURES_QUEUE_URL`; a batch that Lambda gives up, after splitting
 * and retrying it, leaves its place in the stream in the last-resort queue.
 */
export class LogConsumer extends Construct {
  constructor(scope: Construct, id: string, props: LogConsumerProps) {
    super(scope, id);
    const { deployment, table, consumer, windowSeconds, of = orderLog, keys, batchSize = usualBatchSize } = props;
    const name = consumer.verbNoun;
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new Error(`${table.node.path} has no stream`);
    const failures = new FailureQueue(this, 'StreamFailures', {
      deployment,
      name: `${name}-stream-failures`,
      meaning: `${name} could not handle a ${of.items} and set its key aside.`,
      runbook: 'stream-failures',
    });
    const lastResort = new FailureQueue(this, 'LastResort', {
      deployment,
      name: `${name}-last-resort`,
      meaning: `Lambda gave a batch of ${of.stream} up before ${name} could set its items aside.`,
      runbook: 'stream-last-resort',
    });
    failuresEndHere(failures);
    failuresEndHere(lastResort);
    consumer.addEnvironment('STREAM_FAILURES_QUEUE_URL', failures.queueUrl);
    consumer.allow(['sqs:SendMessage'], [failures.queueArn]);
    consumer.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [streamArn],
    );
    const mapping = consumer.addEventSourceMapping(of === orderLog ? 'OrderLog' : 'Stream', {
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize,
      maxBatchingWindow: Duration.seconds(windowSeconds),
      parallelizationFactor: parallelBatches,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: maxRetries,
      maxRecordAge,
      onFailure: new SqsDlq(lastResort),
      ...(keys && {
        filters: keys.prefixes.map((prefix) =>
          FilterCriteria.filter({ dynamodb: { Keys: { [keys.attribute]: { S: [{ prefix }] } } } }),
        ),
      }),
    });
    // Lambda checks the role's permissions when it makes the mapping.
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
