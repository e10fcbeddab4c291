import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Local, startLocal } from '../../local/index.ts';
import { fixtureApp, fixtureFunction, writeAssembly } from './fixtures/fixture-app.ts';

let local: Local;

beforeAll(async () => {
  const stacks = fixtureApp();
  const one = fixtureFunction('One', 'sleep', [], { ReservedConcurrentExecutions: 1 });
  Object.assign(stacks.services.Resources, one, fixtureFunction('Crash', 'crash'));
  local = await startLocal({ assembly: writeAssembly(stacks), memory: true, environment: { STAGE: 'test' } });
});

afterAll(() => local.stop());

interface Echoed {
  body: string;
}

async function echo(event: unknown) {
  const { body } = (await local.invoke('Echo', event)) as Echoed;
  return JSON.parse(body) as {
    environment: Record<string, string>;
    context: { awsRequestId: string; functionName: string; memoryLimitInMB: string; remaining: number };
    invocations: number;
  };
}

test('a function sees its own environment and access key, and nothing of this process', async () => {
  process.env.HOLDFAST_TEST_LEAK = 'yes';
  const { environment } = await echo({});
  expect(environment).toMatchObject({
    KEY_ID: expect.stringContaining(':secret:Key'),
    STAGE: 'test',
    AWS_ACCESS_KEY_ID: 'LOCALEcho',
    AWS_LAMBDA_FUNCTION_NAME: 'fixture-echo',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  });
  expect(environment).not.toHaveProperty('HOLDFAST_TEST_LEAK');
});

test('the context contains the request, the function and the time left', async () => {
  const [first, second] = [await echo({}), await echo({})];
  expect(first.context).toMatchObject({ functionName: 'fixture-echo', memoryLimitInMB: '256' });
  expect(first.context.remaining).toBeGreaterThan(8_000);
  expect(second.context.awsRequestId).not.toBe(first.context.awsRequestId);
});

test('an environment is reused, so a module keeps its state', async () => {
  const before = await echo({});
  expect((await echo({})).invocations).toBe(before.invocations + 1);
});

test('concurrent invocations of one function are all served', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => echo({})));
  expect(new Set(answers.map(({ context }) => context.awsRequestId)).size).toBe(50);
});

test('an error of the handler keeps its name and message', async () => {
  await expect(local.invoke('Fail', {})).rejects.toMatchObject({ name: 'TypeError', message: 'always' });
});

test('a function that takes too long is ended, and the next invocation gets a new environment', async () => {
  await expect(local.invoke('Sleep', { ms: 5_000 })).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
  expect(await local.invoke('Sleep', { ms: 1 })).toBe('awake');
});

test('a function that ends its process fails, and the next invocation gets a new environment', async () => {
  for (let n = 0; n < 2; n++) {
    await expect(local.invoke('Exit', {})).rejects.toMatchObject({ name: 'Runtime.ExitError' });
  }
});

test('an uncaught error in one function leaves the environments of all others alone', async () => {
  const { invocations } = await echo({});
  const underWay = local.invoke('Sleep', { ms: 500 });
  const crash = local.invoke('Crash', {});
  await expect(crash).rejects.toMatchObject({ name: 'Runtime.ExitError', message: 'uncaught on purpose' });
  expect(await underWay).toBe('awake');
  expect((await echo({})).invocations).toBe(invocations + 1);
});

test('invocations beyond the reserved concurrency are throttled', async () => {
  const first = local.invoke('One', { ms: 200 });
  await expect(local.invoke('One', { ms: 1 })).rejects.toMatchObject({ name: 'Lambda.TooManyRequestsException' });
  expect(await first).toBe('awake');
});

test('functions are found by construct id, entry point and name; others are refused by name', async () => {
  expect(await local.invoke('echo', {})).toMatchObject({ statusCode: 200 });
  expect(await local.invoke('fixture-echo', {})).toMatchObject({ statusCode: 200 });
  await expect(local.invoke('missing', {})).rejects.toThrow('no function missing');
});

test('an injected fault strikes before the function runs, or after it', async () => {
  const { invocations } = await echo({});
  local.invokeFaults.add({ function: 'Echo', kind: 'fail' }, { function: 'Echo', kind: 'lost', nth: 2, error: 'Gone' });
  await expect(echo({})).rejects.toMatchObject({ name: 'TransientFault' });
  await expect(echo({})).rejects.toMatchObject({ name: 'Gone' });
  expect((await echo({})).invocations).toBe(invocations + 2);
});
