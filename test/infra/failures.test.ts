import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../infra/entry-points.ts';
import { at, entryPointOf, list, type Resource, statements, synthesize, type Value } from './synthesis.ts';

const app = synthesize({ stage: 'prod' });
const queues = app.ofType('AWS::SQS::Queue');
const alarms = app.ofType('AWS::CloudWatch::Alarm');

/** The functions that rules invoke, each with the rule's target. */
const scheduled = app
  .ofType('AWS::Events::Rule')
  .flatMap((rule) => list(rule.Properties.Targets).map((target) => ({ fn: app.target(at(target, 'Arn')), target })))
  .filter(({ fn }) => fn.Type === 'AWS::Lambda::Function');

/** Receives of one message. More of them would only delay the alarm. */
const mostReceives = 10;

/** Every queue that a resource refers to as its failure queue. */
const failureQueues = new Set(
  app.resources.flatMap(({ Properties }) => failureTargets(Properties)).map((arn) => app.target(arn).name),
);

/** Queues to which functions themselves send failures. */
const parkingQueues = new Set(
  app
    .ofType('AWS::Lambda::Function')
    .flatMap(({ Properties }) => list(at(Properties, 'Environment', 'Variables', 'STREAM_FAILURES_QUEUE_URL')))
    .map((url) => app.target(url).name),
);

test('every queue is a failure queue or has one, after a bounded number of receives', () => {
  expect(queues.length).toBeGreaterThan(0);
  for (const queue of queues) {
    if (failureQueues.has(queue.name) || parkingQueues.has(queue.name)) continue;
    const tries = Number(at(queue.Properties, 'RedrivePolicy', 'maxReceiveCount'));
    expect.soft(tries, queue.name).toBeGreaterThan(1);
    expect.soft(tries, queue.name).toBeLessThanOrEqual(mostReceives);
  }
});

test('a message in a failure queue raises an alarm at once and is kept for two weeks', () => {
  const watched = alarms.filter(
    ({ Properties }) =>
      Properties.MetricName === 'ApproximateNumberOfMessagesVisible' &&
      Properties.Threshold === 0 &&
      Properties.ComparisonOperator === 'GreaterThanThreshold' &&
      Properties.EvaluationPeriods === 1,
  );
  const watchedQueues = new Set(watched.map((alarm) => app.target(alarm.Properties.Dimensions).name));
  for (const name of [...failureQueues, ...parkingQueues]) {
    expect.soft(watchedQueues, name).toContain(name);
    expect
      .soft(app.resources.find((each) => each.name === name)?.Properties.MessageRetentionPeriod, name)
      .toBe(1_209_600);
  }
});

test('every asynchronous path has a failure queue', () => {
  for (const mapping of app.ofType('AWS::Lambda::EventSourceMapping')) {
    const source = app.target(mapping.Properties.EventSourceArn);
    const landing =
      source.Type === 'AWS::SQS::Queue'
        ? at(source.Properties, 'RedrivePolicy', 'deadLetterTargetArn')
        : at(mapping.Properties, 'DestinationConfig', 'OnFailure', 'Destination');
    expect.soft(app.target(landing).Type, mapping.name).toBe('AWS::SQS::Queue');
  }
  for (const rule of app.ofType('AWS::Events::Rule')) {
    for (const target of list(rule.Properties.Targets)) {
      expect.soft(app.target(at(target, 'DeadLetterConfig', 'Arn')).Type, rule.name).toBe('AWS::SQS::Queue');
      expect.soft(at(target, 'RetryPolicy', 'MaximumEventAgeInSeconds'), rule.name).toBeTypeOf('number');
    }
  }
});

test('all failures of the functions of a capability go to one queue, which is named by the capability', () => {
  const landings = new Map<string, Set<string>>();
  const landsIn = (fn: Resource, queue: Value) => {
    const capability = entryPointOf(fn).split('/')[0] ?? '';
    landings.set(capability, (landings.get(capability) ?? new Set()).add(app.target(queue).name));
  };
  for (const mapping of app.ofType('AWS::Lambda::EventSourceMapping')) {
    const consumer = app.target(mapping.Properties.FunctionName);
    const source = app.target(mapping.Properties.EventSourceArn);
    if (source.Type === 'AWS::SQS::Queue') {
      landsIn(consumer, at(source.Properties, 'RedrivePolicy', 'deadLetterTargetArn'));
      for (const target of targetsOf(source)) landsIn(consumer, at(target, 'DeadLetterConfig', 'Arn'));
    } else {
      landsIn(consumer, at(mapping.Properties, 'DestinationConfig', 'OnFailure', 'Destination'));
      landsIn(consumer, at(consumer.Properties, 'Environment', 'Variables', 'STREAM_FAILURES_QUEUE_URL'));
    }
  }
  for (const { fn, target } of scheduled) {
    landsIn(fn, at(target, 'DeadLetterConfig', 'Arn'));
    landsIn(fn, at(fn.Properties, 'DeadLetterConfig', 'TargetArn'));
  }
  expect([...landings.keys()].sort()).toEqual(['fulfillment', 'inventory', 'orders']);
  for (const [capability, names] of landings) {
    const found = queues.filter(({ name }) => names.has(name)).map(({ Properties }) => Properties.QueueName);
    expect(found, capability).toEqual([`holdfast-prod-a-${capability}-failures`]);
  }
  expect(new Set([...landings.values()].flatMap((names) => [...names]))).toEqual(failureQueues);
});

test('the event of a scheduled run names the function, so that a failed run does too', () => {
  expect(scheduled.length).toBeGreaterThan(2);
  for (const { fn, target } of scheduled) {
    expect(JSON.parse(String(at(target, 'Input')))).toEqual({ consumer: entryPointOf(fn).split('/')[1] });
  }
});

test('a function that is invoked asynchronously has a queue for failed invocations', () => {
  expect(scheduled.length).toBeGreaterThan(0);
  for (const { fn } of scheduled) {
    expect(app.target(at(fn.Properties, 'DeadLetterConfig', 'TargetArn')).Type, fn.name).toBe('AWS::SQS::Queue');
  }
});

test('poison never blocks a stream or a batch', () => {
  for (const { name, Properties } of app.ofType('AWS::Lambda::EventSourceMapping')) {
    expect.soft(Properties.FunctionResponseTypes, name).toEqual(['ReportBatchItemFailures']);
    if (app.target(Properties.EventSourceArn).Type !== 'AWS::DynamoDB::Table') continue;
    expect.soft(Properties.BisectBatchOnFunctionError, name).toBe(true);
    expect.soft(Properties.MaximumRetryAttempts, name).toBeGreaterThan(0);
    expect.soft(Properties.MaximumRecordAgeInSeconds, name).toBeGreaterThan(0);
    expect.soft(Properties.MaximumRecordAgeInSeconds, name).toBeLessThan(86_400);
  }
});

test('the visibility timeout of a queue is six times the timeout of its function', () => {
  const mappings = app
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ Properties }) => app.target(Properties.EventSourceArn).Type === 'AWS::SQS::Queue');
  expect(mappings.length).toBeGreaterThan(0);
  for (const { Properties } of mappings) {
    const hidden = Number(app.target(Properties.EventSourceArn).Properties.VisibilityTimeout);
    expect(hidden).toBeGreaterThanOrEqual(6 * Number(app.target(Properties.FunctionName).Properties.Timeout));
  }
});

test('queues are encrypted and refuse an unencrypted connection', () => {
  const refusing = app
    .ofType('AWS::SQS::QueuePolicy')
    .filter(({ Properties }) =>
      list(at(Properties.PolicyDocument, 'Statement')).some(
        (statement) =>
          at(statement, 'Effect') === 'Deny' && at(statement, 'Condition', 'Bool', 'aws:SecureTransport') === 'false',
      ),
    )
    .flatMap(({ Properties }) => list(Properties.Queues).map((queue) => app.target(queue).name));
  for (const queue of queues) {
    expect.soft(queue.Properties.SqsManagedSseEnabled, queue.name).toBe(true);
    expect.soft(refusing, queue.name).toContain(queue.name);
  }
});

test('every saga raises an alarm when it fails and when it times out', () => {
  for (const saga of app.ofType('AWS::StepFunctions::StateMachine')) {
    const metrics = alarms
      .filter(({ Properties }) => at(list(Properties.Dimensions)[0], 'Name') === 'StateMachineArn')
      .filter(({ Properties }) => app.target(Properties.Dimensions).name === saga.name)
      .map(({ Properties }) => Properties.MetricName);
    expect(metrics, saga.name).toEqual(expect.arrayContaining(['ExecutionsFailed', 'ExecutionsTimedOut']));
  }
});

test('every function without a waiting caller raises an alarm when it keeps failing or falls behind', () => {
  const background = [
    ...app.ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => app.target(Properties.FunctionName)),
    ...scheduled.map(({ fn }) => fn),
  ];
  for (const fn of background) expect.soft(metricsOf(fn), fn.name).toContain('Errors');
  const followers = app
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ Properties }) => app.target(Properties.EventSourceArn).Type === 'AWS::DynamoDB::Table');
  expect(followers.length).toBeGreaterThan(0);
  for (const { Properties } of followers)
    expect(metricsOf(app.target(Properties.FunctionName))).toContain('IteratorAge');
});

test('an alarm is raised when Lambda throttles any function of the account, and each function has no alarm of its own for it', () => {
  const onThrottles = alarms.filter(({ Properties }) => Properties.MetricName === 'Throttles');
  expect(
    onThrottles.map(({ Properties }) => [Properties.Namespace, Properties.Dimensions, Properties.Threshold]),
  ).toEqual([['AWS/Lambda', undefined, 0]]);
});

test('every alarm publishes to the topic, and the topic allows the alarms of this account to publish', () => {
  const [topic] = app.ofType('AWS::SNS::Topic');
  for (const alarm of alarms) {
    expect(list(alarm.Properties.AlarmActions).map((action) => app.target(action))).toEqual([topic]);
  }
  const [policy] = app.ofType('AWS::SNS::TopicPolicy');
  const allowed = statements(policy?.Properties.PolicyDocument).filter(({ effect }) => effect === 'Allow');
  expect(allowed.map(({ actions }) => actions)).toEqual([['sns:Publish']]);
});

test('every alarm links to its entry in the runbook, which lists it and says what to look at and what to do', () => {
  const entries = runbookEntries();
  for (const { Properties } of alarms) {
    const anchor = /docs\/runbook\.md#([a-z-]+)$/.exec(String(Properties.AlarmDescription))?.[1] ?? '';
    const entry = entries.get(anchor);
    const name = String(Properties.AlarmName).replace('holdfast-prod-a-', '');
    expect.soft(entry, `${name} -> #${anchor}`).toBeDefined();
    expect.soft(entry, name).toContain(`\`${name}\``);
    for (const part of ['**Meaning.**', '**Look.**', '**Resolve.**']) expect.soft(entry, name).toContain(part);
  }
});

test('the runbook has no entry for an alarm that does not exist', () => {
  const linked = new Set(alarms.map(({ Properties }) => String(Properties.AlarmDescription).split('#')[1]));
  expect([...runbookEntries().keys()].filter((anchor) => !linked.has(anchor))).toEqual([]);
});

test('the entry of a failure queue says how its messages are sent back', () => {
  const entries = runbookEntries();
  const onQueues = alarms.filter(({ Properties }) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible');
  for (const { Properties } of onQueues) {
    expect(entries.get(String(Properties.AlarmDescription).split('#')[1] ?? '')).toContain('**Redrive.**');
  }
});

/** The sections on alarms, by the anchor of their heading. */
function runbookEntries(): ReadonlyMap<string, string> {
  const text = readFileSync(join(repositoryRoot, 'docs', 'runbook.md'), 'utf8');
  const [, ...sections] = text.split(/^### /m);
  return new Map(sections.map((section) => [slug(section.split('\n', 1)[0] ?? ''), section]));
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

function metricsOf(fn: Resource): readonly Value[] {
  return alarms
    .filter(({ Properties }) => at(list(Properties.Dimensions)[0], 'Name') === 'FunctionName')
    .filter(({ Properties }) => app.target(Properties.Dimensions).name === fn.name)
    .map(({ Properties }) => Properties.MetricName);
}

/** The targets of rules that deliver to a queue. */
function targetsOf(queue: Resource): readonly Value[] {
  return app
    .ofType('AWS::Events::Rule')
    .flatMap((rule) => list(rule.Properties.Targets))
    .filter((target) => app.target(at(target, 'Arn')).name === queue.name);
}

/** The failure queues that a resource refers to, at any depth of its properties. */
function failureTargets(value: Value): readonly Value[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Value]) => {
    if (key === 'deadLetterTargetArn') return [inner];
    if (key === 'DeadLetterConfig') return [at(inner, 'Arn') ?? at(inner, 'TargetArn')];
    if (key === 'OnFailure') return [at(inner, 'Destination')];
    return failureTargets(inner);
  });
}
