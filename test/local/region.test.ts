import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Local, startLocal } from '../../local/index.ts';
import { regionFor } from '../../local/region.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

let local: Local | undefined;

afterEach(async () => {
  await local?.stop();
  local = undefined;
  vi.restoreAllMocks();
});

test('an app in another region works, and nothing of it is elsewhere', async () => {
  local = await startLocal({ assembly: writeAssembly(fixtureApp()), memory: true, region: 'eu-central-1' });
  await local.invoke('append', { orderId: 'o1' });
  await local.settled();
  expect(local.executions()).toMatchObject([{ name: 'o1', status: 'SUCCEEDED' }]);
  expect(local.deadLetters()).toEqual([]);

  const app = JSON.stringify(local.app);
  expect(app).toContain('arn:aws:lambda:eu-central-1:000000000000:function:');
  expect(app).toContain('https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Pool');
  expect(app).not.toContain('us-east-1');
  const { body } = (await local.invoke('Echo', {})) as { body: string };
  const { environment } = JSON.parse(body);
  expect(environment).toMatchObject({ AWS_REGION: 'eu-central-1', AWS_DEFAULT_REGION: 'eu-central-1' });
  expect(JSON.stringify(environment)).not.toContain('us-east-1');
  const token = await local.token({ sub: 'alice' });
  const mine = await fetch(`${local.url}/mine`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect(mine.status).toBe(200);
  expect(await (await fetch(`${local.url}/_local/health`)).json()).toMatchObject({ region: 'eu-central-1' });
});

test('stored data keep their region, and are not continued in another one', async () => {
  const options = { assembly: writeAssembly(fixtureApp()), dataDir: temporaryDirectory() };
  const first = await startLocal({ ...options, region: 'eu-central-1' });
  await first.invoke('append', { orderId: 'slow-1' });
  while (!first.executions().some(({ states }) => states.length === 2)) await new Promise((go) => setTimeout(go, 5));
  await first.kill();

  const refusal = `${options.dataDir} has data of eu-central-1: start with --region eu-central-1, or with --fresh`;
  await expect(startLocal({ ...options, region: 'us-east-1' })).rejects.toThrow(refusal);
  local = await startLocal(options);
  await local.settled();
  expect(local.executions()).toMatchObject([{ name: 'slow-1', status: 'SUCCEEDED', states: ['First', 'Second'] }]);
  await local.stop();
  local = await startLocal({ ...options, region: 'us-east-1', fresh: true });
  expect(local.app.region).toBe('us-east-1');
});

test('without an option and without data it is the default; data that do not say are of the default', () => {
  expect(regionFor(undefined, undefined)).toBe('us-east-1');
  const dir = temporaryDirectory();
  writeFileSync(join(dir, 'secrets.json'), '{}');
  expect(() => regionFor('eu-central-1', dir)).toThrow('has data of us-east-1');
  expect(regionFor(undefined, dir)).toBe('us-east-1');
  rmSync(join(dir, 'region.txt'));
  rmSync(join(dir, 'secrets.json'));
  expect(regionFor('eu-central-1', dir)).toBe('eu-central-1');
  expect(readFileSync(join(dir, 'region.txt'), 'utf8')).toBe('eu-central-1');
});

test('what is not a region is refused, and a damaged file is named', () => {
  for (const wrong of ['', 'nowhere', 'eu-central', 'EU-CENTRAL-1', 'eu-central-1:x']) {
    expect(() => regionFor(wrong, undefined)).toThrow('is not the name of a region');
  }
  for (const right of ['eu-central-1', 'us-gov-west-1', 'ap-southeast-3']) {
    expect(regionFor(right, undefined)).toBe(right);
  }
  const dir = temporaryDirectory();
  writeFileSync(join(dir, 'region.txt'), 'eu-cent');
  expect(() => regionFor(undefined, dir)).toThrow(`${join(dir, 'region.txt')} is damaged`);
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  writeFileSync(join(dir, 'region.txt'), '');
  expect(regionFor('eu-central-1', dir)).toBe('eu-central-1');
  expect(printed).toHaveBeenCalledWith(expect.stringContaining('region.txt is empty'));
});
