import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.holdfast', 'synth');

/** Everything that the synthesized app depends on. */
const SOURCES = ['infra', 'stages', 'functions', 'events', 'api', 'statemachines', 'package-lock.json', 'cdk.json'];
/** Synthesized apps in the cache: a few, so that switching between branches and contexts stays fast. */
const MAX_CACHED = 6;
/** Longer than any synthesis takes. A lock that is older is removed even if a process with its owner's id runs. */
const LOCK_TIMEOUT_MS = 120_000;

/**
 * The directory of the synthesized app (`cdk.out`): synthesized when its sources have changed, else from the cache.
 * @param context the values that `cdk -c key=value` sets
 */
export async function synthesize(context: Record<string, string>): Promise<string> {
  const dir = join(CACHE, contentHash(context));
  if (existsSync(join(dir, 'manifest.json'))) return dir;
  mkdirSync(CACHE, { recursive: true });
  await withLock(`${dir}.lock`, async () => {
    if (existsSync(join(dir, 'manifest.json'))) return;
    const partial = `${dir}.${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    await runApp(partial, context);
    renameSync(partial, dir);
  });
  deleteOldest(dir);
  return dir;
}

/** Runs the CDK app as the CLI does, without the CLI. Rejects with the app's output when it fails. */
async function runApp(outdir: string, context: Record<string, string>): Promise<void> {
  const configured = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context?: object };
  const env = {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:enable-path-metadata': true, ...configured.context, ...context }),
  };
  try {
    await promisify(execFile)(process.execPath, ['infra/app.ts'], { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    rmSync(outdir, { recursive: true, force: true });
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    throw new Error(`the app could not be synthesized:\n${stderr || stdout || error}`);
  }
}

function contentHash(context: Record<string, string>): string {
  const hash = createHash('sha256').update(JSON.stringify(context));
  for (const source of SOURCES) {
    const path = join(ROOT, source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
    for (const file of files)
      hash
        .update(`${relative(ROOT, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/** Several test processes may need the same app at once: one synthesizes it, the others wait. */
async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  const owner = join(lock, 'pid');
  for (const start = performance.now(); ; ) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      break;
    } catch {
      const isStale = hasEnded(owner) || performance.now() - start > LOCK_TIMEOUT_MS;
      if (isStale) rmSync(lock, { recursive: true, force: true });
      await sleep(100);
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Whether the file names a process that no longer runs: it was ended during a synthesis. */
function hasEnded(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function deleteOldest(current: string): void {
  const dirs = readdirSync(CACHE)
    .map((name) => join(CACHE, name))
    .filter((path) => path !== current && !path.endsWith('.lock'))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const dir of dirs.slice(MAX_CACHED)) rmSync(dir, { recursive: true, force: true });
}
