import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const LOCK_FILE = 'lock';

/** A process that was just killed may take that long to disappear. */
const TIMEOUT_MS = 1_000;

/**
 * Reserves a data directory for this process, because two would destroy each other's journals, and answers how to release
 * it. The lock of a process that no longer runs is ignored. Rejects when another process runs on the directory.
 */
export async function lockDataDir(dir: string): Promise<() => void> {
  const path = join(dir, LOCK_FILE);
  for (const start = performance.now(); ; await sleep(50)) {
    const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    if (holder === 0 || holder === process.pid || !isRunning(holder)) break;
    if (performance.now() - start > TIMEOUT_MS) {
      throw new Error(`another instance (process ${holder}) runs on ${dir}: stop it, or start with --memory`);
    }
  }
  writeFileSync(path, String(process.pid));
  return () => rmSync(path, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
