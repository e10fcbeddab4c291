import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const LOCK_FILE = 'lock';

/** How long a process that was just killed may take to be gone. */
const PATIENCE_MS = 1_000;

/**
 * Takes a data directory for this process; two at once would destroy each other's journals. A lock that a crashed
 * process left behind does not count. Throws when another process runs on the directory.
 */
export async function lockDataDir(dir: string): Promise<() => void> {
  const path = join(dir, LOCK_FILE);
  for (const start = performance.now(); ; await sleep(50)) {
    const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
    if (holder === 0 || holder === process.pid || !isRunning(holder)) break;
    if (performance.now() - start > PATIENCE_MS) {
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
