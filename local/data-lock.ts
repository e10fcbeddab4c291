import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './data-file.ts';
import { lockWithin } from './process-lock.ts';

const LOCK = 'running.lock';
/** Tells people which process has the lock; nothing depends on it. */
const HOLDER = 'running.pid';

/** The files that stay while a data directory is emptied. */
export const LOCK_FILES: readonly string[] = [LOCK, HOLDER];

/** A process that was just killed may take that long to end. */
const TIMEOUT_MS = 1_000;

/**
 * Reserves a data directory for this process, because two would destroy each other's journals, and answers how to release
 * it. Rejects while another process, or another instance in this one, runs on the directory.
 */
export async function lockDataDir(dir: string): Promise<() => void> {
  const unlock = await lockWithin(join(dir, LOCK), TIMEOUT_MS);
  const holder = join(dir, HOLDER);
  if (!unlock) {
    const pid = existsSync(holder) ? readFileSync(holder, 'utf8') : 'unknown';
    throw new Error(`another instance (process ${pid}) runs on ${dir}: stop it, or start with --memory`);
  }
  try {
    replaceFile(holder, String(process.pid));
  } catch (error) {
    unlock();
    throw error;
  }
  return () => {
    rmSync(holder, { force: true });
    unlock();
  };
}
