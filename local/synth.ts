import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lockWithin } from './process-lock.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.holdfast', 'synth');

/** Everything that the synthesized app depends on. */
const SOURCES = ['infra', 'stages', 'functions', 'events', 'api', 'statemachines', 'package-lock.json', 'cdk.json'];
/** Synthesized apps in the cache: a few, so that switching between branches and contexts stays fast. */
const MAX_CACHED = 6;
/** Longer than a few syntheses take, one after the other. */
const LOCK_TIMEOUT_MS = 300_000;
/** Names of directories in the cache: of a synthesized app, and of one that is being written or deleted. */
const COMPLETE = /^[0-9a-f]{16}$/;
const PARTIAL = 'partial-';

/**
 * The directory of the synthesized app (`cdk.out`): synthesized when its sources have changed, else from the cache.
 * @param context the values that `cdk -c key=value` sets
 */
export async function synthesize(context: Record<string, string>): Promise<string> {
  const dir = join(CACHE, contentHash(context));
  if (existsSync(join(dir, 'manifest.json'))) return dir;
  mkdirSync(CACHE, { recursive: true });
  // Several processes and threads may need the same app at once: one synthesizes it, the others wait.
  const unlock = await lockWithin(join(CACHE, 'synth.lock'), LOCK_TIMEOUT_MS);
  if (!unlock) throw new Error(`another process has synthesized into ${CACHE} for ${LOCK_TIMEOUT_MS / 1000} s: end it`);
  try {
    if (!existsSync(join(dir, 'manifest.json'))) await fill(dir, context);
  } finally {
    unlock();
  }
  return dir;
}

/** The caller has the lock. A directory of the cache is complete from the moment when it has its name. */
async function fill(dir: string, context: Record<string, string>): Promise<void> {
  const partial = join(CACHE, `${PARTIAL}${randomUUID()}`);
  await runApp(partial, context);
  rmSync(dir, { recursive: true, force: true });
  renameSync(partial, dir);
  deleteOldest(dir);
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

/** Also deletes what interrupted processes have left. */
function deleteOldest(current: string): void {
  const dirs = readdirSync(CACHE)
    .filter((name) => COMPLETE.test(name))
    .map((name) => join(CACHE, name))
    .filter((path) => path !== current)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const dir of dirs.slice(MAX_CACHED)) renameSync(dir, join(CACHE, `${PARTIAL}${randomUUID()}`));
  for (const name of readdirSync(CACHE)) {
    if (name.startsWith(PARTIAL)) rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}
