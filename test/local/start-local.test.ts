import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Local } from '../../local/local.ts';
import { startLocal } from '../../local/start-local.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';

let local: Local;

beforeAll(async () => {
  local = await startLocal({ assembly: writeAssembly(fixtureApp()), memory: true, retryScale: 0.001 });
});

afterAll(() => local.stop());

test('an order on the log goes through stream, bus and queue to a saga that succeeds', async () => {
  await local.invoke('append', { orderId: 'o1' });
  await local.settled();
  expect(local.executions()).toMatchObject([
    { stateMachine: 'Saga', name: 'o1', status: 'SUCCEEDED', states: ['First', 'Second'] },
  ]);
});
