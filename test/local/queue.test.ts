import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Activity } from '../../local/activity.ts';
import { AsyncInvocations } from '../../local/lambda/async-invocations.ts';
import type { InvocationResult } from '../../local/lambda/invocation.ts';
import { Meter } from '../../local/meter.ts';
import { QueueConsumer } from '../../local/queues/queue-consumer.ts';
import { Queues } from '../../local/queues/queues.ts';
import type { QueueMapping } from '../../local/template/app.ts';
import { functionModel } from './fixtures/function-model.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const MODELS = [
  {
    name: 'work',
    arn: 'arn:work',
    url: 'http://aws/0/work',
    visibilityTimeoutMs: 1000,
    delayMs: 0,
    redrive: { targetArn: 'arn:failures', maxReceives: 3 },
  },
  { name: 'failures', arn: 'arn:failures', url: '', visibilityTimeoutMs: 1000, delayMs: 0, redrive: undefined },
];

const MAPPING: QueueMapping = {
  name: 'mapping',
  functionArn: 'arn:fn',
  queueArn: 'arn:work',
  batchSize: 10,
  windowMs: 0,
  reportsItemFailures: true,
  filters: [],
  maxConcurrency: 10,
};

interface Batch {
  Records: { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } }[];
}

function consume(handler: (batch: Batch) => unknown, mapping: Partial<QueueMapping> = {}) {
  const activity = new Activity();
  const queues = new Queues(MODELS, undefined, activity);
  const invoke = async (_: string, event: string): Promise<InvocationResult> => {
    try {
      return { payload: JSON.stringify((await handler(JSON.parse(event))) ?? null) };
    } catch (error) {
      return { error: { errorType: 'Error', errorMessage: String(error), trace: [] } };
    }
  };
  const queue = queues.byArn('arn:work');
  const parts = { invoke, meter: new Meter(undefined), activity, retryScale: 0.001 };
  const consumer = new QueueConsumer({ ...MAPPING, ...mapping }, queue, parts);
  consumer.start();
  return { queue, failures: queues.byArn('arn:failures'), activity };
}

test('a message that always fails moves to the dead-letter queue after its receives, and the others are processed', async () => {
  const seen: string[] = [];
  const { queue, failures, activity } = consume(({ Records }) => {
    seen.push(...Records.map(({ body, attributes }) => `${body}${attributes.ApproximateReceiveCount}`));
    const batchItemFailures = Records.filter(({ body }) => body === 'bad');
    return { batchItemFailures: batchItemFailures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
  queue.send('bad');
  queue.send('good');
  await activity.idle();
  expect(seen.sort()).toEqual(['bad1', 'bad2', 'bad3', 'good1']);
  expect([...failures.messages]).toMatchObject([{ body: 'bad', source: 'arn:work' }]);
  expect(queue.counts.total).toBe(0);
});

test('an error of the function fails the whole batch', async () => {
  const { queue, failures, activity } = consume(() => {
    throw new Error('always');
  });
  queue.send('one');
  queue.send('two');
  await activity.idle();
  expect(failures.counts.total).toBe(2);
});

test.each([
  ['an identifier that was not in the batch', [{ itemIdentifier: 'missing' }]],
  ['an empty identifier', [{ itemIdentifier: '' }]],
])('%s fails the whole batch', async (_, batchItemFailures) => {
  const { queue, failures, activity } = consume(() => ({ batchItemFailures }));
  queue.send('one');
  await activity.idle();
  expect(failures.counts.total).toBe(1);
});

test('a mapping without partial responses ignores what the function answers', async () => {
  const everything = ({ Records }: Batch) => ({
    batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
  });
  const { queue, failures, activity } = consume(everything, { reportsItemFailures: false });
  queue.send('one');
  await activity.idle();
  expect(failures.counts.total).toBe(0);
});

test('messages that arrive while a batch is under way form the next one', async () => {
  const sizes: number[] = [];
  const { queue, activity } = consume(async ({ Records }) => {
    sizes.push(Records.length);
    await sleep(20);
  });
  for (let n = 0; n < 25; n++) queue.send(String(n));
  await activity.idle();
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(25);
  expect(Math.max(...sizes)).toBe(10);
  expect(sizes.length).toBeLessThanOrEqual(5);
});

test('messages that were sent and not deleted are restored after a crash, and no others', async () => {
  const dir = temporaryDirectory();
  const first = new Queues(MODELS, dir, new Activity()).byArn('arn:work');
  first.send('done');
  first.send('in flight');
  first.send('waiting', { delayMs: 60_000 });
  const [done] = first.receive(2);
  first.delete(String(done?.id));
  const queues = new Queues(MODELS, dir, new Activity());
  queues.restore();
  const second = queues.byArn('arn:work');
  expect([...second.messages].map(({ body }) => body)).toEqual(['in flight', 'waiting']);
  second.send('new');
  const third = new Queues(MODELS, dir, new Activity());
  third.restore();
  expect([...third.byArn('arn:work').messages].map(({ body }) => body)).toEqual(['in flight', 'waiting', 'new']);
  queues.stop();
});

test('what a message says about its origin is restored with it', () => {
  const dir = temporaryDirectory();
  const origin = { source: 'arn:work', attributes: { ErrorMessage: 'no' } };
  new Queues(MODELS, dir, new Activity()).byArn('arn:failures').send('failed', origin);
  for (let restart = 0; restart < 2; restart++) {
    const queues = new Queues(MODELS, dir, new Activity());
    queues.restore();
    expect([...queues.byArn('arn:failures').messages]).toMatchObject([{ body: 'failed', ...origin }]);
    queues.stop();
  }
});

test('an asynchronous invocation that fails in every try goes to the dead-letter queue with its event and its error', async () => {
  const activity = new Activity();
  const queues = new Queues(MODELS, undefined, activity);
  const error = { errorType: 'Error', errorMessage: 'cannot reach the table', trace: [] };
  const model = { ...functionModel('fn', 'handlers.mjs', 1_000), deadLetterArn: 'arn:failures' };
  const invocations = new AsyncInvocations([model], queues, async () => ({ error }), 0);
  invocations.start();
  invocations.send('arn:fn', '{"consumer":"sweep"}');
  await activity.idle();
  const attributes = { RequestID: expect.any(String), ErrorCode: '200', ErrorMessage: 'cannot reach the table' };
  expect([...queues.byArn('arn:failures').messages]).toMatchObject([{ body: '{"consumer":"sweep"}', attributes }]);
});
