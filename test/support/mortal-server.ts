import { MessageChannel, Worker } from 'node:worker_threads';

/** How a server's connections end: closed, reset, or dropped on the way, so that requests on them are never answered. */
export type Death = 'closed' | 'reset' | 'dropped';

/** An HTTP server in a thread of its own, which goes on while the thread of the test is frozen. */
export interface MortalServer {
  readonly url: string;
  /** Freezes this thread, its event loop included, while every connection of the server ends. */
  freeze(death: Death, forMs: number): void;
  /** Method and path of each request, or its `X-Amz-Target`, since the last call; and how many connections were opened. */
  seen(): Promise<{ readonly requests: readonly string[]; readonly connections: number }>;
  close(): Promise<unknown>;
}

const PROGRAM = `
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
let requests = [];
let connections = 0;
const sockets = new Set();
const dropped = new WeakSet();
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  requests.push(request.headers['x-amz-target'] ?? request.method + ' ' + request.url);
  request.resume().on('end', () => {
    if (dropped.has(request.socket)) return;
    const [, body] = workerData.answers.find(([path]) => request.url.startsWith(path)) ?? ['', '{}'];
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
});
server.on('connection', (socket) => {
  connections++;
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
parentPort.on('message', ({ death, dead, port }) => {
  if (death === undefined) {
    port.postMessage({ requests, connections });
    requests = [];
    connections = 0;
    return;
  }
  for (const socket of sockets) {
    if (death === 'closed') socket.destroy();
    else if (death === 'reset') socket.resetAndDestroy();
    else dropped.add(socket);
  }
  setTimeout(() => {
    Atomics.store(dead, 0, 1);
    Atomics.notify(dead, 0);
  }, 50);
});
`;

/** @param answers bodies by the beginning of the path; `{}` for any other */
export async function startMortalServer(answers: readonly (readonly [path: string, body: string])[] = []) {
  const worker = new Worker(PROGRAM, { eval: true, workerData: { answers } });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    freeze(death, forMs) {
      const start = performance.now();
      const dead = new Int32Array(new SharedArrayBuffer(4));
      worker.postMessage({ death, dead });
      Atomics.wait(dead, 0, 0, 5_000);
      const restMs = forMs - (performance.now() - start);
      if (restMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, restMs);
    },
    seen: () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.once('message', (seen) => {
          port1.close();
          resolve(seen);
        });
        worker.postMessage({ port: port2 }, [port2]);
      }),
    close: () => worker.terminate(),
  } satisfies MortalServer as MortalServer;
}
