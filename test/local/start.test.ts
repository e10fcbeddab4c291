import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { StoreClient } from '../../local/dynamodb/store-client.ts';
import { startStore } from '../../local/dynamodb/store-process.ts';

const START = fileURLToPath(new URL('../../local/start.ts', import.meta.url));
/** The first start after a change synthesizes the app. */
const TIMEOUT_MS = 120_000;

async function start(options: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...more };
  const child = spawn(process.execPath, [START, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    detached: true,
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (printed += text));
  const ended = once(child, 'exit').then(([code]) => code as number);
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => printed.includes('Holdfast is running') && resolve());
  });
  await Promise.race([ready, ended]);
  return { child, ended, output: () => printed, url: /API +(\S+)/.exec(printed)?.[1] ?? '' };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

test('npm start seeds an empty store, prints how to get a token, and ends cleanly with Ctrl-C', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { child, ended, output, url } = await start(['--port', '0', '--memory']);
  const { items } = (await (await fetch(`${url}/catalog`)).json()) as { items: { availability: string }[] };
  expect(items).toHaveLength(8);
  expect(items.filter(({ availability }) => availability === 'in_stock').length).toBeGreaterThan(5);
  expect(output()).toContain(`curl -s ${url}/_local/token -d '{"sub":"alice"}'`);
  // A terminal sends the signal to all processes of the group.
  process.kill(-(child.pid ?? 0), 'SIGINT');
  expect(await ended).toBe(0);
  expect(output()).not.toContain('store has ended');
  await expect(fetch(`${url}/_local/health`)).rejects.toThrow();
});

test('it ends when its store does', { timeout: TIMEOUT_MS }, async () => {
  const { child, ended, output } = await start(['--port', '0', '--memory']);
  const [supervisor = 0] = childrenOf(child.pid ?? 0);
  const [store = 0] = childrenOf(supervisor);
  process.kill(store, 'SIGKILL');
  expect(await ended).toBe(1);
  expect(output()).toContain('The local store has ended');
});

test('an unknown option or an invalid value is refused', { timeout: TIMEOUT_MS }, async () => {
  for (const options of [['--nonsense'], ['--port', 'abc']]) {
    const { ended, output } = await start(options);
    expect(await ended).toBe(1);
    expect(output()).toContain(options[0]);
  }
});

test('a store that runs elsewhere is used, and never emptied', { timeout: TIMEOUT_MS }, async () => {
  const store = await startStore(undefined);
  try {
    const environment = { DYNAMODB_ENDPOINT: store.endpoint };
    const { child, ended, output, url } = await start(['--port', '0', '--memory'], environment);
    expect(output()).toContain(`the tables, which are at ${store.endpoint}; seeded with 8 products`);
    const { items } = (await (await fetch(`${url}/catalog`)).json()) as { items: unknown[] };
    expect(items).toHaveLength(8);
    child.kill('SIGINT');
    expect(await ended).toBe(0);

    const client = new StoreClient(store.endpoint);
    expect(await client.call('DynamoDB_20120810.ListTables', {})).toMatchObject({
      TableNames: expect.arrayContaining(['Catalog', 'Orders']),
    });
    client.close();
    const fresh = await start(['--port', '0', '--fresh'], environment);
    expect(await fresh.ended).toBe(1);
    expect(fresh.output()).toContain('--fresh does not empty the store');
  } finally {
    await store.kill();
  }
});
