import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Local, startLocal } from '../../local/index.ts';
import { readDefinition } from '../../local/sagas/definition.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';

let local: Local;

beforeAll(async () => {
  local = await startLocal({ assembly: writeAssembly(fixtureApp()), memory: true, retryScale: 0.001 });
});

beforeEach(() => {
  local.invokeFaults.clear();
  local.resetMeter();
});

afterAll(() => local.stop());

/** Puts an order on the log and answers what became of its saga. */
async function run(orderId: string) {
  await local.invoke('append', { orderId });
  await local.settled();
  return local.executions().find(({ name }) => name === orderId);
}

test('a refusal goes to the undo, with its name and the cause as Lambda writes it', async () => {
  const execution = await run('refused-1');
  expect(execution).toMatchObject({ status: 'SUCCEEDED', states: ['First', 'Undo'] });
  const note = await local.invoke('Call', {
    target: 'DynamoDB_20120810.GetItem',
    input: { TableName: 'Notes', Key: { id: { S: 'refused-1:undo' } } },
  });
  const { Error: name, Cause } = JSON.parse((note as { Item: { text: { S: string } } }).Item.text.S);
  expect(name).toBe('REFUSED');
  expect(JSON.parse(Cause)).toMatchObject({
    errorType: 'REFUSED',
    errorMessage: 'not today',
    trace: expect.any(Array),
  });
});

test('a passing fault is retried, and every try counts as a transition', async () => {
  local.invokeFaults.add({ function: 'First', kind: 'fail', times: 2 });
  expect(await run('flaky-1')).toMatchObject({ status: 'SUCCEEDED', states: ['First', 'First', 'First', 'Second'] });
  expect(local.meter().stateMachines.Saga).toMatchObject({ executions: 1, transitions: 4, type: 'STANDARD' });
});

test('a fault that stays is undone', async () => {
  local.invokeFaults.add({ function: 'First', kind: 'fail', times: 3 });
  expect(await run('broken-1')).toMatchObject({ states: ['First', 'First', 'First', 'Undo'] });
});

test('an execution that is lost ends without a further step and without an error', async () => {
  const when = () => {
    setImmediate(() => local.loseExecutions('lost-1'));
    return false;
  };
  local.invokeFaults.add({ function: 'First', kind: 'fail', times: 1, when });
  expect(await run('lost-1')).toMatchObject({ status: 'ABORTED', states: ['First'] });
});

test('a message that the function reports as failed ends in the dead-letter queue', async () => {
  await run('bad-1');
  expect(local.deadLetters()).toMatchObject([{ queue: 'Failures', body: { detail: { orderId: 'bad-1' } } }]);
  expect(local.executions().find(({ name }) => name === 'bad-1')).toBeUndefined();
});

const start = (name: string, input: object) =>
  local.invoke('StartSaga', {
    Records: [{ messageId: 'm', body: JSON.stringify({ detail: { orderId: name, ...input } }) }],
  });

test('a name is used once: starting it again is no second execution', async () => {
  await start('once', {});
  await start('once', {});
  await local.settled();
  await start('once', {});
  await local.settled();
  expect(local.executions().filter(({ name }) => name === 'once')).toHaveLength(1);
});

test.each([
  ['JSONata', { QueryLanguage: 'JSONata', StartAt: 'A', States: {} }, 'JSONata'],
  ['JSONata in a state', { StartAt: 'A', States: { A: { Type: 'Pass', QueryLanguage: 'JSONata' } } }, 'JSONata'],
  ['variables', { StartAt: 'A', States: { A: { Type: 'Pass', Assign: { a: 1 } } } }, 'Assign (state A)'],
  [
    'a service integration',
    { StartAt: 'A', States: { A: { Type: 'Task', Resource: 'arn:aws:states:::sqs:x' } } },
    'sqs:x',
  ],
])('a definition that the engine would read over is refused: %s', (_, definition, message) => {
  const model = { name: 'M', arn: 'arn:m', type: 'STANDARD' as const, definition: JSON.stringify(definition) };
  expect(() => readDefinition(model, 1)).toThrow(message);
});
