import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { storeElsewhere } from './store-elsewhere.ts';

/** A running DynamoDB-compatible store. */
export interface Store {
  readonly endpoint: string;
  /** Process id, to read its CPU time; none when the store runs elsewhere. */
  readonly pid: number | undefined;
  /** Ends the store's process as a crash would. What was acknowledged is kept (unless it is in memory only). */
  kill(): Promise<void>;
}

const BINARY = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));
const MEMORY_FILES = '/dev/shm';

/** How long the store may take to listen: it needs about 10 ms. */
const START_TIMEOUT_MS = 10_000;

/**
 * Runs the store in a child that ends when this process does, however that ends: a shell holds the read end of our
 * pipe, and once the pipe closes it kills the store and removes the directory that is not to be kept. It ends with the
 * store, too. (A shell gives what it runs in the background no input but what it is told to.)
 */
const SUPERVISE = `
  unkept=$1; shift
  exec 3<&0
  "$@" 3<&- & child=$!
  echo "$child"
  exec 2>/dev/null # nobody reads what a shell says of a killed child: saying it would end the shell
  { read -r _; kill -9 "$child"; } <&3 & watcher=$!
  wait "$child"
  kill "$watcher"
  if [ -n "$unkept" ]; then rm -rf "$unkept"; fi`;

/**
 * Starts the store on a free port. Without a `dataDir` it keeps its file in memory (where the system offers that) until
 * it ends. Where its binary is not installed (it exists for Linux on x64), the endpoint in `DYNAMODB_ENDPOINT` is
 * used, which may be DynamoDB Local or any other.
 *
 * @param lost called when the store's process ends without having been told to
 */
export async function startStore(dataDir: string | undefined, lost = sayLost): Promise<Store> {
  const elsewhere = storeElsewhere();
  if (elsewhere) return { endpoint: elsewhere, pid: undefined, kill: async () => undefined };
  if (!existsSync(BINARY)) {
    throw new Error(
      'the local store (@dynoxide/linux-x64) is not installed here: start a DynamoDB-compatible store yourself ' +
        '(DynamoDB Local, say) and name it in DYNAMODB_ENDPOINT=http://host:port',
    );
  }
  const unkept = dataDir
    ? ''
    : mkdtempSync(join(existsSync(MEMORY_FILES) ? MEMORY_FILES : tmpdir(), `holdfast-${process.pid}-`));
  const file = join(dataDir ?? unkept, 'store.db');
  const port = await freePort();
  const command = ['-c', SUPERVISE, 'sh', unkept, BINARY, '--port', String(port), '--db-path', file];
  // In a process group of its own: what a terminal's Ctrl-C tells this process, the store must not hear first.
  const child = spawn('sh', command, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let killed = false;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [pid] = await Promise.all([firstLine(child.stdout), listening(child.stderr)]);
  indexStreams(file);
  child.once('exit', () => killed || lost());
  // A run that is over is not kept alive by its store.
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) (handle as { unref?(): void }).unref?.();
  const kill = () => {
    killed = true;
    child.ref();
    child.stdin.destroy();
    return ended;
  };
  return { endpoint: `http://127.0.0.1:${port}`, pid: Number(pid), kill };
}

/**
 * The store numbers a stream's records by looking for the highest number among all of them, and reads them the same way:
 * at 15,000 records a put costs it 6 ms instead of 0.2. This index, in its own file, makes both a look-up.
 */
function indexStreams(file: string): void {
  const database = new DatabaseSync(file, { timeout: START_TIMEOUT_MS });
  const columns = '(table_name, CAST(sequence_number AS INTEGER))';
  database.exec(`CREATE INDEX IF NOT EXISTS holdfast_stream_order ON _stream_records ${columns}`);
  database.close();
}

function sayLost(): void {
  console.error('the local store has ended: nothing can be read or written now');
}

function firstLine(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => output.once('data', (text) => resolve(String(text).trim())));
}

function listening(output: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const give = setTimeout(() => reject(new Error(`the store did not start: ${said}`)), START_TIMEOUT_MS);
    output.on('data', (text) => {
      if (said.includes('listening on')) return;
      said += text;
      if (!said.includes('listening on')) return;
      clearTimeout(give);
      resolve();
    });
    output.on('end', () => {
      clearTimeout(give);
      reject(new Error(`the store did not start: ${said}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
