import { authorizer } from '../authorization.ts';
import { errorAnswer } from '../aws/aws-error.ts';
import { Callers } from '../aws/callers.ts';
import { type AwsAnswer, type AwsCall, serveAws } from '../aws/wire-server.ts';
import { ItemCalls } from '../dynamodb/item-calls.ts';
import { type ItemOperation, itemOperation } from '../dynamodb/store-access.ts';
import { StoreClient } from '../dynamodb/store-client.ts';
import type { StoreUse } from '../dynamodb/store-use.ts';
import { SharedFlag } from '../shared-flag.ts';
import type { FunctionModel } from '../template/app.ts';
import type { ServedAnswer, ServedRequest } from './served-request.ts';
import { callerOf } from './variables.ts';

/** What a host needs to call the store itself. All of it can be sent to another thread. */
export interface StoreLinkData {
  /** The store's base URL. */
  readonly endpoint: string;
  /** Where functions believe the store to be: host and port of the runner's endpoint. */
  readonly host: string;
  readonly functions: readonly Pick<FunctionModel, 'name' | 'permissions'>[];
  /** A `SharedFlag`: set while all calls are to go through the runner. */
  readonly detour: SharedArrayBuffer;
}

/** Answers a request (to a host and port) in its own thread; undefined leaves it to the runner. Never rejects. */
export type AnswerHere = (host: string, request: ServedRequest) => Promise<ServedAnswer | 'cut'> | undefined;

/**
 * A host's own way to the store for operations on items: what the runner's endpoint does with them, in the thread that asks.
 *
 * @param used told of each call before its function gets the answer
 */
export function openStoreLink(data: StoreLinkData, used: (use: StoreUse) => void): AnswerHere {
  const { endpoint, host, functions } = data;
  const detour = new SharedFlag(data.detour);
  const callers = new Callers(functions.map(callerOf));
  const items = new ItemCalls(new StoreClient(endpoint), authorizer(functions), used);
  const answer = async (operation: ItemOperation, call: AwsCall): Promise<AwsAnswer> => {
    try {
      return await items.send(items.admit(operation, call, callers.nameOf(call)));
    } catch (error) {
      return errorAnswer(error);
    }
  };
  return (to, request) => {
    const operation = itemOperation(request.headers['x-amz-target'] ?? '');
    if (to !== host || !operation || detour.isSet) return undefined;
    return serveAws((call) => answer(operation, call))(request);
  };
}
