import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Local, startLocal } from '../../local/index.ts';
import { fixtureApp, fixtureFunction, writeAssembly } from './fixtures/fixture-app.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

let local: Local;

beforeAll(async () => {
  const stacks = fixtureApp();
  const more = { Timeout: 1, Environment: { LOG_TABLE: { 'Fn::ImportValue': 'log' } } };
  Object.assign(stacks.services.Resources, fixtureFunction('AppendAndEnd', 'appendAndEnd', ['dynamodb:PutItem'], more));
  local = await startLocal({ assembly: writeAssembly(stacks), memory: true, retryScale: 0.001 });
});

afterAll(() => local.stop());

test('an order on the log goes through stream, bus and queue to a saga that succeeds', async () => {
  await local.invoke('append', { orderId: 'o1' });
  await local.settled();
  expect(local.executions()).toMatchObject([
    { stateMachine: 'Saga', name: 'o1', status: 'SUCCEEDED', states: ['First', 'Second'] },
  ]);
});

// Without the noise of other writes, which would wake the stream's reader all the same.
test.each(['exit', 'throw', 'loop'])('what a function wrote before its end (%s) reaches its saga', async (how) => {
  await local.settled();
  await expect(local.invoke('AppendAndEnd', { orderId: how, how })).rejects.toThrow();
  await local.settled();
  expect(local.executions()).toContainEqual(expect.objectContaining({ name: how, status: 'SUCCEEDED' }));
});

test('a start that fails when it is prepared leaves nothing behind', async () => {
  const options = { assembly: writeAssembly(fixtureApp()), dataDir: temporaryDirectory() };
  let url = '';
  const prepare = async (given: string) => {
    url = given;
    expect((await fetch(`${url}/_local/health`)).status).toBe(503);
    throw new Error('no seed today');
  };
  await expect(startLocal({ ...options, prepare })).rejects.toThrow('no seed today');
  await expect(fetch(`${url}/_local/health`)).rejects.toThrow('fetch failed');
  await (await startLocal(options)).stop();
});
