import type { Authorize } from '../authorization.ts';
import type { AwsCall } from '../aws/wire-server.ts';
import { localArn } from '../template/resource-types.ts';
import { askForCapacity, reportedUnits, type Units, unitsOfRefusedWrite } from './capacity.ts';
import { accessesOf, type ItemOperation } from './store-access.ts';
import type { StoreAnswer, StoreClient } from './store-client.ts';
import type { StoreUse } from './store-use.ts';

/** A call that its caller may make. */
export interface ItemCall {
  readonly caller: string;
  readonly operation: ItemOperation;
  readonly call: AwsCall;
  /** Each as often as it occurs in the call. */
  readonly tables: readonly string[];
}

/** Carries calls of functions to the store, in whichever thread: checks the grant, and says what each came to. */
export class ItemCalls {
  readonly #store: StoreClient;
  readonly #authorize: Authorize;
  readonly #used: (use: StoreUse) => void;

  /** @param used told of each call before its caller gets the answer */
  constructor(store: StoreClient, authorize: Authorize, used: (use: StoreUse) => void) {
    this.#store = store;
    this.#authorize = authorize;
    this.#used = used;
  }

  /**
   * @param caller the function that calls, '' for somebody outside of the app
   * @throws AwsError when the caller's role does not allow it
   */
  admit(operation: ItemOperation, call: AwsCall, caller: string): ItemCall {
    const accesses = accessesOf(operation.name, call.body);
    for (const { action, table, index } of accesses) {
      const arn = localArn('dynamodb', `table/${table}${index ? `/index/${index}` : ''}`);
      this.#authorize(caller, `dynamodb:${action}`, arn);
    }
    return { caller, operation, call, tables: accesses.map(({ table }) => table) };
  }

  /** Sends an admitted call. Rejects when the store cuts it off. */
  async send(admitted: ItemCall): Promise<StoreAnswer> {
    const { caller, operation, call, tables } = admitted;
    const { kind } = operation;
    const answer = await this.#store.send(call.target, askForCapacity(call.body));
    const isDone = answer.status === 200;
    const units = isDone ? reportedUnits(answer.body) : refusedUnits(admitted, answer);
    this.#used([caller, kind, units, kind === 'write' && isDone ? tables : []]);
    return answer;
  }
}

function refusedUnits({ operation, call }: ItemCall, { body }: StoreAnswer): Units {
  const refused = body.includes('ConditionalCheckFailed') || body.includes('TransactionCanceledException');
  return refused ? unitsOfRefusedWrite(operation, call.body) : [];
}
