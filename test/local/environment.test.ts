import { afterEach, describe, expect, test } from 'vitest';
import { Environment } from '../../local/lambda/environment.ts';
import { functionModel } from './fixtures/function-model.ts';

const environments: Environment[] = [];
let printed = '';

afterEach(() => {
  for (const environment of environments.splice(0)) environment.terminate();
  printed = '';
});

interface Setup {
  readonly name?: string;
  readonly timeoutMs?: number;
  readonly file?: string;
  readonly memoryMb?: number;
  readonly clockAheadMs?: number;
}

function open(
  exportName: string,
  { name = 'x', timeoutMs = 10_000, file = 'environments.mjs', memoryMb = 256, clockAheadMs = 0 }: Setup = {},
) {
  const ended = { times: 0 };
  const environment = new Environment(
    { ...functionModel(exportName, file, timeoutMs), memoryMb },
    { NAME: name },
    clockAheadMs,
    (text) => {
      printed += text;
    },
    () => void ended.times++,
  );
  environments.push(environment);
  return { environment, ended, invoke: (event: object = {}) => environment.invoke(JSON.stringify(event)) };
}

const answer = (value: unknown) => ({ payload: JSON.stringify(value) });
const exitError = (errorMessage: string) => ({ error: { errorType: 'Runtime.ExitError', errorMessage } });
const timedOut = { error: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('timed out after') } };

test('each environment has its own variables, whichever way a function reads them', async () => {
  const names = ['one', 'two', 'three'];
  const answers = await Promise.all(names.map((name) => open('variables', { name }).invoke()));
  expect(answers).toEqual(names.map((name) => answer([name, name, name])));
});

test('globals and modules last as long as their environment, and are not shared', async () => {
  const [one, two] = [open('leave'), open('leave')];
  expect(await one.invoke({ value: 'one' })).toEqual(answer({ found: null, invocations: 1 }));
  expect(await two.invoke({ value: 'two' })).toEqual(answer({ found: null, invocations: 1 }));
  expect(await one.invoke({ value: 'one' })).toEqual(answer({ found: 'one', invocations: 2 }));
});

describe.each([
  ['an uncaught error', 'throwUncaught', {}, exitError('uncaught on purpose')],
  ['an unhandled rejection', 'rejectUnhandled', {}, exitError('unhandled on purpose')],
  ['process.exit', 'exit', {}, exitError('Runtime exited with exit status 3')],
  ['a loop without end', 'loop', { timeoutMs: 100 }, timedOut],
  ['a full heap', 'fillHeap', { memoryMb: 32 }, exitError('Runtime exited with error: signal: killed')],
  [
    'a module that does not load',
    'handler',
    { file: 'unloadable.mjs' },
    { error: { errorMessage: 'it does not load' } },
  ],
] as const)('%s', (_, exportName, setup, expected) => {
  test('ends its own environment, once', async () => {
    const ending = open(exportName, setup);
    expect(await ending.invoke()).toMatchObject(expected);
    await expect.poll(() => ending.environment.isAlive).toBe(false);
    expect(ending.ended.times).toBe(1);
  });

  test('leaves the invocation of another environment alone, and its later ones', async () => {
    const [ending, other] = [open(exportName, setup), open('wait')];
    expect(await other.invoke({ ms: 1 })).toEqual(answer({ done: true, invocations: 1 }));
    const underWay = other.invoke({ ms: 500 });
    await ending.invoke();
    await expect.poll(() => ending.environment.isAlive).toBe(false);
    expect(await underWay).toEqual(answer({ done: true, invocations: 2 }));
    expect(await other.invoke({ ms: 1 })).toEqual(answer({ done: true, invocations: 3 }));
    expect([other.environment.isAlive, other.ended.times]).toEqual([true, 0]);
  });
});

test('a function that takes too long fails at its timeout', async () => {
  const { invoke } = open('wait', { timeoutMs: 100 });
  expect(await invoke({ ms: 60_000 })).toMatchObject({
    error: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/Task timed out after 0.10 seconds$/) },
  });
});

test('an environment that is terminated fails the invocation under way', async () => {
  const { environment, invoke } = open('wait');
  const underWay = invoke({ ms: 60_000 });
  environment.terminate();
  expect(await underWay).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
});

test('the output of a function is passed on', async () => {
  await open('print').invoke();
  await expect.poll(() => printed).toContain('printed to stdout');
  await expect.poll(() => printed).toContain('printed to stderr');
});

test('an environment may have a clock that is ahead of the machine', async () => {
  const read = async (clockAheadMs: number) => {
    const result = await open('clock', { clockAheadMs }).invoke();
    const { times, kinds } = JSON.parse('payload' in result ? result.payload : '{}') as {
      times: number[];
      kinds: unknown;
    };
    expect(kinds).toEqual([true, '1970-01-01T00:00:00.005Z']);
    return times.map((time) => time - Date.now());
  };
  for (const ahead of await read(60_000)) expect(Math.abs(ahead - 60_000)).toBeLessThan(10_000);
  for (const ahead of await read(0)) expect(Math.abs(ahead)).toBeLessThan(10_000);
});

test('a frozen environment does nothing until the time is over, and goes on then', async () => {
  const { environment, invoke } = open('wait');
  await invoke({ ms: 1 });
  const start = performance.now();
  const underWay = invoke({ ms: 10 });
  environment.freeze(400);
  expect(await underWay).toEqual(answer({ done: true, invocations: 2 }));
  expect(performance.now() - start).toBeGreaterThan(390);
});
