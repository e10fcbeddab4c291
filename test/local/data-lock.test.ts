import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { lockDataDir } from '../../local/data-lock.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const LOCK_DIRECTORY = fileURLToPath(new URL('fixtures/lock-directory.ts', import.meta.url));

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    // With its own children, if it is the head of a process group.
    if (child.spawnfile === 'sh') process.kill(-(child.pid ?? 0), 'SIGKILL');
    else child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** A process that locks directories from a moment on, and the outcomes that it prints. */
function locking(dirs: readonly string[], moment = 0) {
  const args = [LOCK_DIRECTORY, String(moment), ...dirs];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let printed = '';
  child.stdout.on('data', (text) => (printed += text));
  const outcomes = once(child.stdout, 'data').then(() => JSON.parse(printed) as string[]);
  return { child, outcomes };
}

/** What a process that was killed has left, with the id of another process. */
function abandon(dir: string, pid: number): void {
  for (const name of ['lock', 'running.pid']) writeFileSync(join(dir, name), String(pid));
}

test('of two that start at the same moment, one gets the directory', { timeout: 60_000 }, async () => {
  const dirs = Array.from({ length: 60 }, () => temporaryDirectory());
  // What a killed process leaves must not be removed by both of them, one after the other.
  for (const dir of dirs) abandon(dir, 999_999_999);
  const moment = Date.now() + 2_000;
  const starters = [locking(dirs, moment), locking(dirs, moment)];
  const [first = [], second = []] = await Promise.all(starters.map(({ outcomes }) => outcomes));
  for (const [index, dir] of dirs.entries()) {
    const [refused, holder] = first[index] === 'locked' ? [second[index], starters[0]] : [first[index], starters[1]];
    expect.soft([first[index], second[index]]).toContain('locked');
    expect.soft(refused).toContain(`another instance (process ${holder?.child.pid}) runs on ${dir}`);
  }
});

test('a process that was killed and not yet reaped by its parent does not keep the directory', async () => {
  const dir = temporaryDirectory();
  // The shell becomes a program that never asks for the end of its child.
  const command = `"${process.execPath}" "${LOCK_DIRECTORY}" 0 "${dir}" & echo $!; exec sleep 60`;
  const parent = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  children.push(parent);
  let printed = '';
  parent.stdout.on('data', (text) => (printed += text));
  while (!printed.includes('locked')) await sleep(20);
  const pid = Number.parseInt(printed, 10);
  await expect(lockDataDir(dir)).rejects.toThrow(`(process ${pid})`);
  process.kill(pid, 'SIGKILL');
  const stateOf = () => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  while (stateOf() !== 'Z') await sleep(10);
  (await lockDataDir(dir))();
  expect(stateOf()).toBe('Z');
});

test('another process that got the id of a killed one does not keep the directory', async () => {
  const dir = temporaryDirectory();
  abandon(dir, process.ppid);
  expect(await locking([dir]).outcomes).toEqual(['locked']);
});

test('two instances in one process exclude each other, and a released directory can be locked again', async () => {
  const dir = temporaryDirectory();
  const unlock = await lockDataDir(dir);
  await expect(lockDataDir(dir)).rejects.toThrow(`another instance (process ${process.pid}) runs on ${dir}`);
  expect(await locking([dir]).outcomes).toEqual([expect.stringContaining('another instance')]);
  unlock();
  (await lockDataDir(dir))();
});
