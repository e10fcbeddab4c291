import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs vitest with the given arguments (files, `-t name`, `--reporter=…`) and prints the counts in the last line:
 * `N passed, N failed`, followed by `, N skipped` when tests were skipped. The exit code is vitest's.
 *
 * A run of all tests that passes also finds the permissions of functions that no test has used. Each counts as failed.
 */

/** The tests need the version of Node on which the functions run. */
const neededMajor = 24;
const ownNode = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const runningMajor = Number(process.versions.node.split('.')[0]);

if (runningMajor >= neededMajor) await runTests(process.argv.slice(2));
else process.exitCode = runUnderOwnNode();

/** `npm test` uses the project's Node; `node scripts/run-tests.ts` may run under another one. */
function runUnderOwnNode(): number {
  if (!existsSync(ownNode)) {
    console.error(`The tests need Node ${neededMajor} or newer; this is ${process.version} and npm ci has not run.`);
    return 1;
  }
  return spawnSync(ownNode, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1;
}

async function runTests(args: readonly string[]): Promise<void> {
  const { parseCLI, startVitest } = await import('vitest/node');
  const { filter, options } = parseCLI(['vitest', ...args]);
  const count = { passed: 0, failed: 0, skipped: 0 };
  const grantUses = mkdtempSync(join(tmpdir(), 'holdfast-grant-uses-'));
  process.env.GRANT_USES = grantUses;
  const vitest = await startVitest(filter, { ...options, watch: false });
  for (const module of vitest.state.getTestModules()) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    for (const state of states) if (state !== 'pending') count[state] += 1;
    // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
    if (!module.ok() && !states.includes('failed')) count.failed += 1;
  }
  await vitest.close();
  if (args.length === 0 && count.failed === 0) count.failed += await reportUnusedGrants(grantUses);
  rmSync(grantUses, { recursive: true });
  console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`);
}

/** Prints the grants of functions that were not used, and returns their number. */
async function reportUnusedGrants(directory: string): Promise<number> {
  const { unusedGrants } = await import('../test/infra/unused-grants.ts');
  const unused = unusedGrants(directory);
  if (unused.length === 0) return 0;
  process.exitCode = 1;
  console.error(`No test has used these permissions of functions:\n${unused.map((grant) => `- ${grant}`).join('\n')}`);
  return unused.length;
}
