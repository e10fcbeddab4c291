// Runs inside a worker thread: one Lambda execution environment. Loads the handler once, then serves one event at a time.
// Plain JavaScript, because a worker that strips types loads a compiler first: 30 ms of CPU for each environment.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { requestThroughPort } from './runner-request.mjs';

/** @type {import('./environment.ts').EnvironmentData} */
const { file, exportName, functionName, functionArn, memoryMb, hosts } = workerData;

/** @param {import('./environment.ts').FromWorker} message */
const post = (message) => parentPort?.postMessage(message);

// Before the handler's code can take hold of `http.request`.
const settle = requestThroughPort(post, hosts);

/** What Lambda tells about something thrown. */
function describe(/** @type {unknown} */ thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return ['error', error.name, error.message, error.stack?.split('\n').map((line) => line.trim()) ?? []];
}

const loaded = import(pathToFileURL(file).href).then((module) => {
  const handler = module[exportName];
  if (typeof handler !== 'function') throw new Error(`${file} exports no function ${exportName}`);
  return handler;
});
// An import that fails is reported to the invocation that waits for it, not as an unhandled rejection.
loaded.catch(() => undefined);

async function serve(/** @type {import('./environment.ts').Invocation} */ [, requestId, event, deadline]) {
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
    const handler = await loaded;
    const result = await handler(JSON.parse(event), context);
    post(['result', JSON.stringify(result) ?? 'null']);
  } catch (thrown) {
    post(describe(thrown));
    // Lambda starts a new environment after a failed initialization; this one would fail for ever.
    loaded.catch(() => process.exit(1));
  }
}

parentPort?.on('message', (/** @type {import('./environment.ts').ToWorker} */ message) => {
  if (message[0] === 'answer') settle(message);
  else void serve(message);
});
