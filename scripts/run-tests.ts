import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Runs vitest with the arguments given (files, `-t name`, `--reporter=…`) and closes with one line of counts alone,
 * `N passed, N failed`, followed by `, N skipped` when tests were skipped. The exit code is vitest's.
 */

/** The functions run on Node 24, so what proves them does too. */
const neededMajor = 24;
const ownNode = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const runningMajor = Number(process.versions.node.split('.')[0]);

if (runningMajor >= neededMajor) await runTests(process.argv.slice(2));
else process.exitCode = runUnderOwnNode();

/** `npm test` finds the project's Node by itself; `node scripts/run-tests.ts` may have been given another one. */
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
  const vitest = await startVitest(filter, { ...options, watch: false });
  for (const module of vitest.state.getTestModules()) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    for (const state of states) if (state !== 'pending') count[state] += 1;
    // A file that could not be loaded, or whose hooks failed, has no test that says so.
    if (!module.ok() && !states.includes('failed')) count.failed += 1;
  }
  await vitest.close();
  console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`);
}
