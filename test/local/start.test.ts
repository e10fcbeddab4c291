import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { StoreClient } from '../../local/dynamodb/store-client.ts';
import { startStore } from '../../local/dynamodb/store-process.ts';

const START = fileURLToPath(new URL('../../local/start.ts', import.meta.url));
/** The first start after a change synthesizes the app. */
const PATIENCE_MS = 120_000;

async function start(options: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...more };
  const child = spawn(process.execPath, [START, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    detached: true,
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (said += text));
  const ended = once(child, 'exit').then(([code]) => code as number);
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => said.includes('Holdfast is running') && resolve());
  });
  await Promise.race([ready, ended]);
  return { child, ended, said: () => said, url: /API +(\S+)/.exec(said)?.[1] ?? '' };
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

test('npm start seeds an empty store, says how to get a token, and ends cleanly with Ctrl-C', {
  timeout: PATIENCE_MS,
}, async () => {
  const { child, ended, said, url } = await start(['--port', '0', '--memory']);
  const { items } = (await (await fetch(`${url}/catalog`)).json()) as { items: { availability: string }[] };
  expect(items).toHaveLength(8);
  expect(items.filter(({ availability }) => availability === 'in_stock').length).toBeGreaterThan(5);
  expect(said()).toContain(`curl -s ${url}/_local/token -d '{"sub":"alice"}'`);
  // A terminal sends it to all processes of the group.
  process.kill(-(child.pid ?? 0), 'SIGINT');
  expect(await ended).toBe(0);
  expect(said()).not.toContain('store has ended');
  await expect(fetch(`${url}/_local/health`)).rejects.toThrow();
});

test('it ends when its store does, rather than go on without tables', { timeout: PATIENCE_MS }, async () => {
  const { child, ended, said } = await start(['--port', '0', '--memory']);
  const [supervisor = 0] = childrenOf(child.pid ?? 0);
  const [store = 0] = childrenOf(supervisor);
  process.kill(store, 'SIGKILL');
  expect(await ended).toBe(1);
  expect(said()).toContain('The local store has ended');
});

test('an option that does not exist, or makes no sense, is refused', { timeout: PATIENCE_MS }, async () => {
  for (const options of [['--nonsense'], ['--port', 'abc']]) {
    const { ended, said } = await start(options);
    expect(await ended).toBe(1);
    expect(said()).toContain(options[0]);
  }
});

test('a store that somebody else runs is used, and not emptied', { timeout: PATIENCE_MS }, async () => {
  const store = await startStore(undefined);
  try {
    const elsewhere = { DYNAMODB_ENDPOINT: store.endpoint };
    const { child, ended, said, url } = await start(['--port', '0', '--memory'], elsewhere);
    expect(said()).toContain(`the tables: those at ${store.endpoint}; seeded with 8 products`);
    const { items } = (await (await fetch(`${url}/catalog`)).json()) as { items: unknown[] };
    expect(items).toHaveLength(8);
    child.kill('SIGINT');
    expect(await ended).toBe(0);

    const client = new StoreClient(store.endpoint);
    expect(await client.call('DynamoDB_20120810.ListTables', {})).toMatchObject({
      TableNames: expect.arrayContaining(['Catalog', 'Orders']),
    });
    client.close();
    const fresh = await start(['--port', '0', '--fresh'], elsewhere);
    expect(await fresh.ended).toBe(1);
    expect(fresh.said()).toContain('is not ours to empty');
  } finally {
    await store.kill();
  }
});
