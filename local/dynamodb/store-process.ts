import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A running DynamoDB-compatible store. */
export interface Store {
  readonly endpoint: string;
  /** Process id, to read its CPU time; none when the store runs elsewhere. */
  readonly pid: number | undefined;
  /** Ends the store's process as a crash would. What was acknowledged is kept (unless it is in memory only). */
  kill(): Promise<void>;
}

const BINARY = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));

/** How long the store may take to listen: it needs about 10 ms. */
const START_TIMEOUT_MS = 10_000;

/**
 * Runs the store in a child that ends when this process does, however that ends: a shell holds the read end of our
 * pipe, and kills the store once the pipe closes.
 */
const SUPERVISE = '"$@" & child=$!; echo "$child"; read -r _; kill -9 "$child" 2>/dev/null; wait "$child"';

/**
 * Starts the store on a free port; `dbPath` undefined is in memory. Where its binary is not installed (it exists for
 * Linux on x64), the endpoint in `DYNAMODB_ENDPOINT` is used, which may be DynamoDB Local or any other.
 */
export async function startStore(dbPath: string | undefined): Promise<Store> {
  const elsewhere = process.env.DYNAMODB_ENDPOINT;
  if (elsewhere) return { endpoint: elsewhere, pid: undefined, kill: async () => undefined };
  if (!existsSync(BINARY)) {
    throw new Error(
      'the local store (@dynoxide/linux-x64) is not installed here: start a DynamoDB-compatible store yourself ' +
        '(DynamoDB Local, say) and name it in DYNAMODB_ENDPOINT=http://host:port',
    );
  }
  const port = await freePort();
  const options = ['--port', String(port), ...(dbPath ? ['--db-path', dbPath] : [])];
  const child = spawn('sh', ['-c', SUPERVISE, 'sh', BINARY, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as { unref?: () => void }).unref?.();
  let killed = false;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [pid] = await Promise.all([firstLine(child.stdout), listening(child.stderr)]);
  child.once(
    'exit',
    () => killed || console.error('the local store has ended: nothing can be read or written any more'),
  );
  const kill = () => {
    killed = true;
    child.ref();
    child.stdin.destroy();
    return ended;
  };
  return { endpoint: `http://127.0.0.1:${port}`, pid: Number(pid), kill };
}

function firstLine(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => output.once('data', (text) => resolve(String(text).trim())));
}

function listening(output: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const give = setTimeout(() => reject(new Error(`the store did not start: ${said}`)), START_TIMEOUT_MS);
    output.on('data', (text) => {
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
