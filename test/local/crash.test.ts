import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, expect, test, vi } from 'vitest';
import { type Local, startLocal } from '../../local/index.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const RUN_FIXTURE = fileURLToPath(new URL('fixtures/run-fixture.ts', import.meta.url));

let local: Local | undefined;

afterEach(() => local?.stop());

async function hasNote(id: string, run = local): Promise<boolean> {
  const input = { TableName: 'Notes', Key: { id: { S: id } } };
  const answer = await run?.invoke('Call', { target: 'DynamoDB_20120810.GetItem', input });
  return 'Item' in (answer as object);
}

/** Places orders until the connection breaks; remembers those that were acknowledged. */
async function placeUntilItEnds(url: string, prefix: string, acknowledged: string[]): Promise<void> {
  for (let n = 0; ; n++) {
    const orderId = `${prefix}-${n}`;
    try {
      const response = await fetch(`${url}/orders`, {
        method: 'POST',
        body: JSON.stringify({ orderId }),
        headers: { 'content-type': 'application/json' },
      });
      if (response.ok) acknowledged.push(orderId);
    } catch {
      return;
    }
  }
}

test('after kill -9 no acknowledged order is lost: each one reaches the end of its saga', async () => {
  const [assembly, dataDir] = [writeAssembly(fixtureApp()), temporaryDirectory()];
  const child = spawn(process.execPath, [RUN_FIXTURE, assembly, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = line.toString().trim();
  const acknowledged: string[] = [];
  const customers = ['slow', 'ann', 'bob'].map((prefix) => placeUntilItEnds(url, prefix, acknowledged));
  while (acknowledged.length < 30) await sleep(20);
  child.kill('SIGKILL');
  await Promise.all(customers);

  local = await startLocal({ assembly, dataDir });
  await local.settled();
  for (const orderId of acknowledged)
    expect(`${orderId} ${await hasNote(`${orderId}:second`)}`).toBe(`${orderId} true`);
  expect(local.deadLetters()).toEqual([]);
});

test('a crash in the middle of a saga runs it again from its start, and a crash after it does not', async () => {
  const options = { assembly: writeAssembly(fixtureApp()), dataDir: temporaryDirectory() };
  const first = await startLocal(options);
  await first.invoke('append', { orderId: 'done' });
  await first.settled();
  await first.invoke('append', { orderId: 'slow-1' });
  while (!first.executions().some(({ name, states }) => name === 'slow-1' && states.length === 2)) await sleep(5);
  await first.kill();

  local = await startLocal(options);
  await local.settled();
  expect(local.executions()).toMatchObject([{ name: 'slow-1', status: 'SUCCEEDED', states: ['First', 'Second'] }]);
  expect(await hasNote('slow-1:second')).toBe(true);
});

test('secrets and tokens stay the same from run to run, and a fresh start forgets everything', async () => {
  const options = { assembly: writeAssembly(fixtureApp()), dataDir: temporaryDirectory() };
  const secretOf = async (run: Local) => {
    const { body } = (await run.invoke('Echo', {})) as { body: string };
    const { AWS_ENDPOINT_URL: endpoint, KEY_ID: SecretId } = JSON.parse(body).environment;
    const credentials = { accessKeyId: 'OUTSIDE', secretAccessKey: 'x' };
    const secrets = new SecretsManagerClient({ endpoint, region: 'us-east-1', credentials });
    return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
  };
  const first = await startLocal(options);
  const [secret, token] = [await secretOf(first), await first.token({ sub: 'alice' })];
  await first.invoke('append', { orderId: 'o1' });
  await first.stop();

  const second = await startLocal(options);
  expect(JSON.parse(secret)).toEqual({ apiKey: 'k', secret: expect.stringMatching(/^.{32}$/) });
  expect(await secretOf(second)).toBe(secret);
  const answer = await fetch(`${second.url}/mine`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  expect(await hasNote('o1:second', second)).toBe(true);
  await second.stop();

  local = await startLocal({ ...options, fresh: true });
  expect(await secretOf(local)).not.toBe(secret);
  expect(await hasNote('o1:second')).toBe(false);
});

test('two instances never run on the same data', async () => {
  const options = { assembly: writeAssembly(fixtureApp()), dataDir: temporaryDirectory() };
  const child = spawn(process.execPath, [RUN_FIXTURE, options.assembly, options.dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(startLocal(options)).rejects.toThrow(`another instance (process ${child.pid})`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  local = await startLocal(options);
});

test('a store in memory ends and leaves nothing behind when its runner is killed', async () => {
  const child = spawn(process.execPath, [RUN_FIXTURE, writeAssembly(fixtureApp())], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const storesOf = () =>
    readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(`holdfast-${child.pid}-`));
  expect(storesOf().length).toBeGreaterThan(0);
  const directories = () => readdirSync('/dev/shm').filter((name) => name.startsWith(`holdfast-${child.pid}-`));
  expect(directories()).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await vi.waitFor(() => expect([...storesOf(), ...directories()]).toEqual([]), { timeout: 5_000 });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
