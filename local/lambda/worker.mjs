// The program of an execution environment's thread: loads one function and serves one event after the other. The thread
// has its own module graph, globals and `process.env` (set by the thread that starts it), so nothing is shared.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {import('./environment.ts').WorkerData} */
const { file, exportName, functionName, functionArn, memoryMb, clockAheadMs } = workerData;
if (clockAheadMs > 0) setClockAhead(clockAheadMs);

const post = (/** @type {import('./environment.ts').Outcome} */ outcome) => parentPort?.postMessage(outcome);

const handler = import(pathToFileURL(file).href).then((module) => {
  const exported = module[exportName];
  if (typeof exported !== 'function') throw new Error(`${file} exports no function ${exportName}`);
  return exported;
});
// A module that does not load is reported to the invocation that waits for it, not as an unhandled rejection.
handler.catch(() => undefined);

/** Sets the thread's clock ahead of the machine's: everything in the thread reads the time from `Date`. */
function setClockAhead(/** @type {number} */ aheadMs) {
  const realNow = Date.now;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [realNow() + aheadMs], made),
    get: (target, name) => (name === 'now' ? () => realNow() + aheadMs : Reflect.get(target, name)),
  });
}

/** The event's handler context, as far as handlers read it. */
function contextOf(/** @type {string} */ requestId, /** @type {number} */ deadline) {
  return {
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
}

/** @returns {import('./invocation.ts').InvocationError} what Lambda reports of a thrown value */
function describe(/** @type {unknown} */ thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const trace = error.stack?.split('\n').map((line) => line.trim()) ?? [];
  return { errorType: error.name, errorMessage: error.message, trace };
}

parentPort?.on(
  'message',
  async (/** @type {import('./environment.ts').Invocation | import('./environment.ts').Freeze} */ message) => {
    if ('freezeMs' in message) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.freezeMs);
      return;
    }
    const { requestId, event, deadline } = message;
    try {
      const handle = await handler;
      const result = await handle(JSON.parse(event), contextOf(requestId, deadline));
      post({ payload: JSON.stringify(result) ?? 'null' });
    } catch (thrown) {
      post({ error: describe(thrown) });
      // Lambda starts a new environment after a failed initialization; this one would fail for good.
      handler.catch(() => process.exit(1));
    }
  },
);
