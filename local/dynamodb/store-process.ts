import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { externalStore } from './external-store.ts';
import { hiddenAddress } from './hidden-address.ts';

/** A running DynamoDB-compatible store. */
export interface Store {
  readonly endpoint: string;
  /** Process id, to read its CPU time; undefined when the store runs elsewhere. */
  readonly pid: number | undefined;
  /** Ends the store's process as a crash would. Acknowledged writes are kept, unless the store is in memory only. */
  kill(): Promise<void>;
}

const BINARY = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));
const MEMORY_FILES = '/dev/shm';

/** The store needs about 10 ms until it listens. */
const START_TIMEOUT_MS = 10_000;

/**
 * Runs the store in a child that ends when this process does, however that ends: a shell holds the read end of this
 * process's pipe; when the pipe closes, the shell kills the store and removes the temporary directory. The
 * shell also ends with the store. (A shell gives a background command no input unless it is redirected.)
 */
const SUPERVISE = `
  umask 077
  temporary=$1; shift
  exec 3<&0
  "$@" 3<&- & child=$!
  echo "$child"
  exec 2>/dev/null # stderr is closed by now; a message about the killed child would end the shell
  { read -r _; kill -9 "$child"; } <&3 & watcher=$!
  wait "$child"
  kill "$watcher"
  if [ -n "$temporary" ]; then rm -rf "$temporary"; fi`;

/**
 * Starts the store at an address that web pages cannot reach. Without a `dataDir` its file is in memory (where the system offers
 * that) and is removed at its end. The binary exists for Linux on x64; elsewhere the endpoint in `DYNAMODB_ENDPOINT` is used,
 * which may be DynamoDB Local or any other.
 *
 * @param lost called when the store's process ends without `kill`
 */
export async function startStore(dataDir: string | undefined, lost = reportLost): Promise<Store> {
  const endpoint = externalStore();
  if (endpoint) return { endpoint, pid: undefined, kill: async () => undefined };
  if (!existsSync(BINARY)) {
    throw new Error(
      'the local store (@dynoxide/linux-x64) is not installed here: start a DynamoDB-compatible store yourself ' +
        '(DynamoDB Local, say) and name it in DYNAMODB_ENDPOINT=http://host:port',
    );
  }
  const temporary = dataDir
    ? ''
    : mkdtempSync(join(existsSync(MEMORY_FILES) ? MEMORY_FILES : tmpdir(), `holdfast-${process.pid}-`));
  const file = join(dataDir ?? temporary, 'store.db');
  const { host, port } = await hiddenAddress();
  const options = ['--host', host, '--port', String(port), '--db-path', file];
  const command = ['-c', SUPERVISE, 'sh', temporary, BINARY, ...options];
  // In a process group of its own, so that a terminal's Ctrl-C reaches this process before the store.
  const child = spawn('sh', command, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let killed = false;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [pid] = await Promise.all([firstLine(child.stdout), listening(child.stderr)]);
  indexStreams(file);
  child.once('exit', () => killed || lost());
  // The store must not keep this process running.
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) (handle as { unref?(): void }).unref?.();
  const kill = () => {
    killed = true;
    child.ref();
    child.stdin.destroy();
    return ended;
  };
  return { endpoint: `http://${host}:${port}`, pid: Number(pid), kill };
}

/**
 * The store finds the highest number of a stream by reading all of its records, and the next records likewise: at
 * 15,000 records a put takes it 6 ms instead of 0.2. This index in the store's own file turns both into a look-up.
 */
function indexStreams(file: string): void {
  const database = new DatabaseSync(file, { timeout: START_TIMEOUT_MS });
  const columns = '(table_name, CAST(sequence_number AS INTEGER))';
  database.exec(`CREATE INDEX IF NOT EXISTS holdfast_stream_order ON _stream_records ${columns}`);
  database.close();
}

function reportLost(): void {
  console.error('the local store has ended: nothing can be read or written now');
}

function firstLine(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => output.once('data', (text) => resolve(String(text).trim())));
}

function listening(output: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = () => {
      clearTimeout(timeout);
      reject(new Error(`the store did not start: ${printed}`));
    };
    const timeout = setTimeout(fail, START_TIMEOUT_MS);
    output.on('data', (text) => {
      if (printed.includes('listening on')) return;
      printed += text;
      if (!printed.includes('listening on')) return;
      clearTimeout(timeout);
      resolve();
    });
    output.on('end', fail);
  });
}
