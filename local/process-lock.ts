import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 50;
/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/** A file that nothing refers to would be closed by the garbage collector, and its lock released. */
const held = new Set<DatabaseSync>();

/**
 * Takes a lock on a file, for at most one thread of one process, and answers how to release it; undefined when another one has
 * it. The operating system releases it when the process ends, however that happens. Nothing is concluded from process ids,
 * which are used again, or from the age or the existence of the file, which stays empty and is never removed.
 *
 * SQLite takes the lock, because Node itself offers none. This process must not open the file in another way: closing it would
 * release the lock (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
function tryLock(path: string): (() => void) | undefined {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    file.exec('BEGIN EXCLUSIVE');
    held.add(file);
    return () => {
      if (held.delete(file)) file.close();
    };
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw new Error(`${path} cannot be locked: ${(error as Error).message}`, { cause: error });
  }
}

/** Waits for the lock for a time at most; undefined when another process still has it. */
export async function lockWithin(path: string, timeoutMs: number): Promise<(() => void) | undefined> {
  for (const start = performance.now(); ; await sleep(RETRY_MS)) {
    const unlock = tryLock(path);
    if (unlock || performance.now() - start > timeoutMs) return unlock;
  }
}
