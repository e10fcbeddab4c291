import { type AwsAnswer, AwsError, type RestCall } from '../aws/call.ts';
import type { App } from '../template/app.ts';
import type { Invoke } from './invocation.ts';

/**
 * The operations of Lambda's REST API that operators use: Invoke, which waits for the result, and
 * ListEventSourceMappings.
 */
export function lambdaOperations({ functions, queueMappings, streamMappings }: App, invoke: Invoke) {
  const run = async (name: string, event: string): Promise<AwsAnswer> => {
    const found = functions.find(({ functionName, arn }) => name === functionName || name === arn);
    if (!found) throw new AwsError('ResourceNotFoundException', `no function ${name}`, 404);
    const result = await invoke(found.arn, event || '{}');
    return 'payload' in result
      ? { status: 200, body: result.payload }
      : { status: 200, body: JSON.stringify(result.error), headers: { 'x-amz-function-error': 'Unhandled' } };
  };
  const mappings = [
    ...queueMappings.map(({ name, functionArn, queueArn }) => ({ name, functionArn, sourceArn: queueArn })),
    ...streamMappings.map(({ name, functionArn, streamArn }) => ({ name, functionArn, sourceArn: streamArn })),
  ].map(({ name, functionArn, sourceArn }) => ({ UUID: name, FunctionArn: functionArn, EventSourceArn: sourceArn }));
  return async ({ method, url, body }: RestCall): Promise<AwsAnswer> => {
    const { pathname } = new URL(url, 'http://localhost');
    const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(pathname)?.[1];
    if (method === 'POST' && name !== undefined) return run(decodeURIComponent(name), body);
    if (method === 'GET' && /^\/2015-03-31\/event-source-mappings\/?$/.test(pathname)) {
      return { status: 200, body: JSON.stringify({ EventSourceMappings: mappings }) };
    }
    throw new AwsError('UnknownOperationException', `the local runner does not support ${method} ${pathname}`, 404);
  };
}
