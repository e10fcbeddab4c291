// Runs inside a worker thread that hosts execution environments. Each has a copy of its function's module, variables and a
// `process` of its own; they share the thread and what V8 needs for it.
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { Outbox } from './outbox.ts';
import { ownProcess } from './own-process.mjs';
import { requestThroughPort } from './runner-request.mjs';
import { openStoreLink } from './store-link.ts';

/** @type {import('./host.ts').HostData} */
const { servedHosts, store } = workerData;

const outbox = new Outbox((messages) => parentPort?.postMessage(messages));
const post = outbox.post.bind(outbox);

// Before any function's code can take hold of `http.request`.
const settle = requestThroughPort(post, servedHosts, store && openStoreLink(store, (use) => outbox.note(use)));

/** @typedef {{ data: import('./host.ts').EnvironmentData, handler: Promise<Function> }} Environment */

/** @type {Map<number, Environment>} */
const environments = new Map();

function open(/** @type {import('./host.ts').Opening} */ [, id, data]) {
  const { file, exportName, variables } = data;
  const url = ownProcess(`${pathToFileURL(realpathSync(file)).href}?environment=${id}`, variables, (code) => {
    environments.delete(id);
    post(['ended', id, code]);
  });
  const handler = import(url).then((module) => {
    const exported = module[exportName];
    if (typeof exported !== 'function') throw new Error(`${file} exports no function ${exportName}`);
    return exported;
  });
  // An import that fails is reported to the invocation that waits for it, not as an unhandled rejection.
  handler.catch(() => undefined);
  environments.set(id, { data, handler });
}

/** What Lambda tells about something thrown. */
function describe(/** @type {unknown} */ thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return /** @type {const} */ ([error.name, error.message, error.stack?.split('\n').map((line) => line.trim()) ?? []]);
}

async function serve(/** @type {import('./host.ts').Invocation} */ [, id, requestId, event, deadline]) {
  const environment = environments.get(id);
  if (!environment) return;
  const { functionName, functionArn, memoryMb } = environment.data;
  const context = {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const handler = await environment.handler;
    const result = await handler(JSON.parse(event), context);
    post(['result', id, JSON.stringify(result) ?? 'null']);
  } catch (thrown) {
    post(['error', id, ...describe(thrown)]);
    // Lambda starts a new environment after a failed initialization; this one would fail for ever.
    environment.handler.catch(() => post(['ended', id, 1]));
  }
}

parentPort?.on('message', (/** @type {import('./host.ts').ToHost} */ message) => {
  switch (message[0]) {
    case 'answer':
      return settle(message);
    case 'open':
      return open(message);
    case 'ping':
      return post(['pong']);
    default:
      return void serve(message);
  }
});
