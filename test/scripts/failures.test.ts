import { describe, expect, test } from 'vitest';
import { type FailedMessage, failureIn } from '../../scripts/failures/failure.ts';
import { readFailuresOptions } from '../../scripts/failures/options.ts';
import { reasonIn } from '../../scripts/failures/reason.ts';
import { failuresReport } from '../../scripts/failures/report.ts';
import { samples } from '../events/samples.ts';

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
const queueArn = arn('sqs', 'holdfast-prod-a-order-saga-queue');
const names = {
  prefix: 'holdfast-prod-a-',
  consumers: new Map([[queueArn, 'holdfast-prod-a-start-order-saga']]),
};

const failureOf = (message: Partial<FailedMessage>) =>
  failureIn({ id: 'm1', body: '', sentAt: 0, sourceArn: undefined, attributes: {}, ...message }, 'fulfillment', names);

const event = (detail: object) => JSON.stringify({ detail: { orderId: 'ord_1', data: {}, ...detail } });
const parked = JSON.stringify({
  consumer: 'publish-events',
  key: { version: '3', orderId: 'ord_1' },
  reason: 'Error: unknown event Foo.v2',
});
const discarded = {
  requestContext: {
    functionArn: arn('lambda', 'function:holdfast-prod-a-project-order:$LATEST'),
    condition: 'RetryAttemptsExhausted',
  },
  responseContext: { statusCode: 200, functionError: 'Unhandled' },
  DDBStreamBatchInfo: {
    ...{ shardId: 'shardId-1', startSequenceNumber: '100', endSequenceNumber: '107', batchSize: 5 },
    approximateArrivalOfFirstRecord: '2026-11-28T09:00:00Z',
    streamArn: arn('dynamodb', 'table/Orders/stream/2026'),
  },
};

describe('the kind of a failure', () => {
  test('is a message that was not consumed when a queue has moved it', () => {
    expect(failureOf({ sourceArn: queueArn, body: event({ type: 'OrderPlaced', version: 1 }) })).toMatchObject({
      ...{ kind: 'message_not_consumed', consumer: 'start-order-saga', about: 'ord_1', queueArn },
    });
  });

  test('is not decided by the body of such a message, which can contain anything', () => {
    for (const body of [parked, JSON.stringify(discarded), '', 'null', '[]']) {
      expect(failureOf({ sourceArn: queueArn, body })).toMatchObject({ kind: 'message_not_consumed', body });
    }
  });

  test('is an event that was not delivered when the target of the rule is a queue', () => {
    const attributes = {
      ...{ RULE_ARN: arn('events', 'rule/bus/r'), TARGET_ARN: queueArn, ERROR_CODE: 'NO_PERMISSIONS' },
      ...{ ERROR_MESSAGE: 'no permission', EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts' },
    };
    expect(failureOf({ attributes, body: event({}) })).toMatchObject({
      ...{ kind: 'event_not_delivered', consumer: 'start-order-saga', about: 'ord_1', queueArn },
      reason: { code: 'access_denied', text: 'NO_PERMISSIONS: no permission (MaximumRetryAttempts)' },
    });
  });

  test('is a scheduled run when it could not be started, or failed in every retry', () => {
    const target = arn('lambda', 'function:holdfast-prod-a-resume-unfinished');
    const notStarted = {
      RULE_ARN: arn('events', 'rule/r'),
      TARGET_ARN: target,
      ERROR_CODE: 'THROTTLING',
      ERROR_MESSAGE: '',
    };
    expect(failureOf({ attributes: notStarted, body: '{}' })).toMatchObject({
      ...{ kind: 'scheduled_run', consumer: 'resume-unfinished', reason: { code: 'throttled' } },
    });
    const failed = { RequestID: 'r', ErrorCode: '200', ErrorMessage: 'Task timed out after 50.00 seconds' };
    expect(failureOf({ attributes: failed, body: '{"consumer":"resume-unfinished"}' })).toMatchObject({
      ...{ kind: 'scheduled_run', consumer: 'resume-unfinished', reason: { code: 'timeout' } },
    });
  });

  test('is an item of a stream when its consumer has sent the key', () => {
    expect(failureOf({ body: parked })).toMatchObject({
      ...{ kind: 'stream_item', consumer: 'publish-events', about: 'ord_1 3', key: { orderId: 'ord_1', version: '3' } },
      reason: { code: 'unknown_event_version', text: 'Error: unknown event Foo.v2' },
    });
  });

  test('is a batch of a stream when Lambda has discarded it', () => {
    expect(failureOf({ body: JSON.stringify(discarded) })).toMatchObject({
      ...{ kind: 'stream_batch', consumer: 'project-order', about: '5 records since 2026-11-28T09:00:00Z' },
      reason: { code: 'retries_exhausted', text: 'RetryAttemptsExhausted, Unhandled' },
      batch: { startSequenceNumber: '100', endSequenceNumber: '107' },
    });
  });

  test('is unknown when nothing says where it comes from', () => {
    expect(failureOf({ body: 'x' })).toMatchObject({ kind: 'unknown', reason: { code: 'unknown' } });
  });
});

describe('the reason', () => {
  test('of a message is read from its event', () => {
    const codeOf = (body: string) => failureOf({ sourceArn: queueArn, body }).reason.code;
    expect(codeOf('not JSON')).toBe('malformed');
    expect(codeOf('{"hello":"world"}')).toBe('malformed');
    expect(codeOf(event({ type: 'OrderPlaced', version: 99 }))).toBe('unknown_event_version');
    expect(codeOf(event({ type: 'OrderPlaced', version: 1, data: { lines: 'many' } }))).toBe('malformed');
    const valid = samples.find(({ type }) => type === 'OrderPlaced');
    expect(codeOf(event({ type: 'OrderPlaced', version: 1, data: valid?.data }))).toBe('not_consumed');
  });

  test.each([
    ['Error: unknown event OrderPlaced.v2', 'unknown_event_version'],
    ['Error: expected OrderPlaced.v1, got OrderPlaced.v2', 'unknown_event_version'],
    ['Error: ord_1:1:0 is too large for the bus', 'too_large'],
    ['Error: EventTooLarge', 'too_large'],
    ['ThrottlingException: Rate exceeded', 'throttled'],
    ['Sandbox.Timedout: Task timed out after 60.00 seconds', 'timeout'],
    ['AccessDeniedException: User is not authorized to perform: events:PutEvents', 'access_denied'],
    ['NO_RESOURCE: the queue does not exist', 'not_found'],
    ['CONNECTION_FAILURE: ', 'unreachable'],
    ['$ZodError: [ { "code": "invalid_type" } ]', 'malformed'],
    ["TypeError: Cannot read properties of undefined (reading 'lines')", 'defect'],
    ['unknown', 'unknown'],
    ['', 'unknown'],
  ])('of %j is %s', (text, code) => {
    expect(reasonIn(text).code).toBe(code);
  });
});

describe('the command line', () => {
  test('names a deployed stage, or by default the local instance', () => {
    expect(readFailuresOptions([])).toMatchObject({
      local: 'http://localhost:4000',
      stage: 'dev',
      cell: 'a',
      ratePerSecond: 10,
    });
    expect(readFailuresOptions(['--stage', 'prod', '--cell', 'b'])).toMatchObject({
      local: undefined,
      stage: 'prod',
      cell: 'b',
    });
  });

  test.each([
    [['--rate', '0'], '--rate'],
    [['--rate', 'fast'], '--rate'],
    [['--rate', '1000'], '--rate'],
    [['--resend', 'all', '--discard', 'x'], 'exclude each other'],
    [['--discard', 'all'], '--consumer'],
    [['--local', 'http://localhost:1', '--region', 'eu-central-1'], '--region'],
    [['--everything'], 'everything'],
  ])('refuses %j', (args, message) => {
    expect(() => readFailuresOptions(args)).toThrow(message);
  });
});

test('the report counts the failures of each sort before it lists them', () => {
  const failures = [
    failureOf({ id: 'm1', body: parked }),
    failureOf({ id: 'm2', body: parked }),
    failureOf({ id: 'm3', sourceArn: queueArn, body: 'x', sentAt: -3 * 60 * 60_000 }),
  ];
  const lines = failuresReport(failures, 60_000);
  expect(lines.slice(0, 2)).toEqual([
    '    2 | fulfillment | publish-events | stream item | unknown_event_version',
    '    1 | fulfillment | start-order-saga | message not consumed | malformed',
  ]);
  expect(lines).toContain(
    'm1 | 1 min | publish-events | stream item | ord_1 3 | unknown_event_version: Error: unknown event Foo.v2',
  );
  expect(lines.find((line) => line.startsWith('m3'))).toContain('| 3 h |');
  expect(failuresReport([], 0)).toEqual(['no failures']);
});
