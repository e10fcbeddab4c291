import { afterEach, expect, test } from 'vitest';
import { Environment } from '../../local/lambda/environment.ts';
import { Host } from '../../local/lambda/host.ts';
import { functionModel } from './fixtures/function-model.ts';

const hosts: Host[] = [];

afterEach(() => {
  for (const host of hosts.splice(0)) host.terminate();
});

function newHost(): Host {
  const host = new Host({ served: new Map(), print: () => undefined });
  hosts.push(host);
  return host;
}

function environment(host: Host, exportName: string, { name = 'x', timeoutMs = 10_000, file = 'tenants.mjs' } = {}) {
  return new Environment(functionModel(exportName, file, timeoutMs), { NAME: name }, host);
}

const done = { payload: '"done"' };
const exitError = { error: { errorType: 'Runtime.ExitError' } };
const timedOut = { error: { errorType: 'Sandbox.Timedout' } };

test('environments of one thread have variables of their own, however they ask for them', async () => {
  const host = newHost();
  const names = ['one', 'two', 'three'];
  const answers = await Promise.all(names.map((name) => environment(host, 'variables', { name }).invoke('{}')));
  expect(answers).toEqual(names.map((name) => ({ payload: JSON.stringify([name, name, name]) })));
});

test('one that ends its process ends itself, and nobody else', async () => {
  const host = newHost();
  const waiting = environment(host, 'wait').invoke('{"ms":100}');
  const ending = environment(host, 'exit');
  expect(await ending.invoke('{}')).toMatchObject(exitError);
  expect(ending.isAlive).toBe(false);
  expect(await waiting).toEqual(done);
  expect(await environment(host, 'wait').invoke('{"ms":1}')).toEqual(done);
});

test('one that takes too long gives its host up, where the others come to their end', async () => {
  const host = newHost();
  const waiting = environment(host, 'wait');
  const answer = waiting.invoke('{"ms":1500}');
  expect(await environment(host, 'wait', { timeoutMs: 100 }).invoke('{"ms":60000}')).toMatchObject(timedOut);
  expect([host.isOpen, waiting.isAlive]).toEqual([false, false]);
  // Longer than a thread has to say that it is not caught in a loop.
  expect(await answer).toEqual(done);
});

test('a loop without end takes the others with it before their time is up', async () => {
  const host = newHost();
  const waiting = environment(host, 'wait').invoke('{"ms":5000}');
  expect(await environment(host, 'loop', { timeoutMs: 100 }).invoke('{}')).toMatchObject(timedOut);
  expect(await waiting).toMatchObject(exitError);
});

test('an error that nobody catches ends the thread, and all invocations hear of it', async () => {
  const host = newHost();
  const waiting = environment(host, 'wait').invoke('{"ms":5000}');
  const crashing = environment(host, 'crash').invoke('{}');
  const told = { error: { errorType: 'Runtime.ExitError', errorMessage: 'nobody catches it' } };
  expect(await crashing).toMatchObject(told);
  expect(await waiting).toMatchObject(told);
  expect(host.isOpen).toBe(false);
});

test('modules that do not load fail their invocations, and do not fill the thread for ever', async () => {
  const host = newHost();
  let failed = 0;
  while (host.isOpen) {
    const broken = environment(host, 'handler', { file: 'unloadable.mjs' });
    expect(await broken.invoke('{}')).toMatchObject({ error: { errorMessage: 'it does not load' } });
    failed++;
    // The word that it has ended comes right behind the error.
    await expect.poll(() => broken.isAlive).toBe(false);
  }
  expect(failed).toBe(20);
});
