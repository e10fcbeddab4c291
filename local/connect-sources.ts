import type { Activity } from './activity.ts';
import { type Deliver, EventBus } from './bus/event-bus.ts';
import { Schedules } from './bus/schedule.ts';
import { Checkpoint } from './dynamodb/checkpoint.ts';
import type { StoreClient } from './dynamodb/store-client.ts';
import { StreamConsumer } from './dynamodb/stream-consumer.ts';
import { StreamReader } from './dynamodb/stream-reader.ts';
import { AsyncInvocations } from './lambda/async-invocations.ts';
import type { Invoke } from './lambda/invocation.ts';
import type { Meter } from './meter.ts';
import { QueueConsumer } from './queues/queue-consumer.ts';
import type { Queues } from './queues/queues.ts';
import type { SagaEngine } from './sagas/saga-engine.ts';
import type { App } from './template/app.ts';

export interface SourcesOptions {
  readonly app: App;
  readonly queues: Queues;
  readonly engine: SagaEngine;
  readonly invoke: Invoke;
  readonly meter: Meter;
  readonly activity: Activity;
  readonly store: StoreClient;
  /** The store's stream ARN by the app's. */
  readonly streams: ReadonlyMap<string, string>;
  readonly dataDir: string | undefined;
  readonly retryScale: number;
}

/** Everything that moves events to functions: the bus, schedules, queues, streams. */
export interface Sources {
  readonly bus: EventBus;
  /** Wakes the consumers of a table's stream. Call it when the table was written to. */
  written(table: string): void;
  /** Ends batching windows early. */
  flush(): void;
  start(schedules: boolean): void;
  stop(): void;
}

/** Connects the app's rules, schedules and event source mappings to their targets. Delivery begins with `start`. */
export function connectSources(options: SourcesOptions): Sources {
  const { app, queues, invoke, meter, retryScale } = options;
  const asynchronous = new AsyncInvocations(app.functions, queues, invoke, retryScale);
  const deliver = deliverTo(options, asynchronous);
  const bus = new EventBus(app, deliver, meter);
  const schedules = new Schedules();
  const queueConsumers = app.queueMappings.map(
    (mapping) => new QueueConsumer(mapping, queues.byArn(mapping.queueArn), options),
  );
  const streams = app.streamMappings.map((mapping) => connectStream(mapping, options));
  const consumers = [...queueConsumers, ...streams.map(({ consumer }) => consumer)];
  const byTable = Map.groupBy(streams, ({ table }) => table);
  return {
    bus,
    written: (table) => {
      for (const { consumer } of byTable.get(table) ?? []) consumer.wake();
    },
    flush: () => {
      for (const consumer of consumers) consumer.flush();
    },
    start: (withSchedules) => {
      asynchronous.start();
      for (const consumer of queueConsumers) consumer.start();
      for (const { consumer } of streams) consumer.wake();
      if (withSchedules) schedules.start(app.rules, deliver);
    },
    stop: () => {
      schedules.stop();
      for (const consumer of consumers) consumer.stop();
      for (const { checkpoint } of streams) checkpoint.close();
    },
  };
}

interface ConnectedStream {
  readonly table: string;
  readonly consumer: StreamConsumer;
  readonly checkpoint: Checkpoint;
}

function connectStream(mapping: App['streamMappings'][number], options: SourcesOptions): ConnectedStream {
  const { app, queues, invoke, activity, store, streams, dataDir, retryScale } = options;
  const { name, streamArn } = mapping;
  const table = app.tables.find((each) => each.streamArn === streamArn);
  const storeArn = streams.get(streamArn);
  if (!table?.streamView || !storeArn) throw new Error(`${name}: there is no stream ${streamArn}`);
  const reader = new StreamReader(store, storeArn, streamArn, table.streamView);
  const checkpoint = new Checkpoint(dataDir, name);
  const sendFailure = (arn: string, body: string) => void queues.byArn(arn).send(body);
  const consumer = new StreamConsumer({ mapping, reader, checkpoint, invoke, sendFailure, activity, retryScale });
  return { table: table.name, consumer, checkpoint };
}

/** A function that delivers a rule's event to its target. Throws at once for a kind of target that the runner lacks. */
function deliverTo({ app, queues, engine, meter }: SourcesOptions, asynchronous: AsyncInvocations): Deliver {
  const kinds: Record<string, Deliver> = {
    sqs: (arn, body) => {
      meter.sqsRequests++;
      queues.byArn(arn).send(body);
    },
    lambda: (arn, body) => asynchronous.send(arn, body),
    states: (arn, body) => void engine.start(arn, body),
  };
  const kindOf = (arn: string) => arn.split(':')[2] ?? '';
  for (const { name, targets } of app.rules) {
    const unknown = targets.find(({ arn }) => !kinds[kindOf(arn)]);
    if (unknown) throw new Error(`rule ${name}: the local runner does not support targets such as ${unknown.arn}`);
  }
  return (arn, body) => kinds[kindOf(arn)]?.(arn, body);
}
