import { setTimeout as sleep } from 'node:timers/promises';
import type { Authorize } from '../authorization.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { AwsAnswer, AwsCall } from '../aws/wire-server.ts';
import { ItemCalls } from './item-calls.ts';
import { itemOperation } from './store-access.ts';
import type { StoreClient } from './store-client.ts';
import { faultAnswer, type StoreFaults } from './store-faults.ts';
import type { StoreUse } from './store-use.ts';

export interface DynamoEndpointOptions {
  readonly store: StoreClient;
  readonly faults: StoreFaults;
  readonly authorize: Authorize;
  /** Told of each call that reached the store. */
  readonly used: (use: StoreUse) => void;
}

/** Calls the store for those who do not call it themselves, and injects faults. */
export class DynamoEndpoint {
  readonly #options: DynamoEndpointOptions;
  readonly #items: ItemCalls;

  constructor(options: DynamoEndpointOptions) {
    this.#options = options;
    this.#items = new ItemCalls(options.store, options.authorize, options.used);
  }

  /** @param caller the function that calls, '' for somebody outside of the app */
  async answer(call: AwsCall, caller: string): Promise<AwsAnswer> {
    const { target, body } = call;
    const operation = itemOperation(target);
    if (!operation) {
      if (caller) throw new AwsError('AccessDeniedException', `functions may not call ${target} locally`);
      return this.#options.store.send(target, body);
    }
    const admitted = this.#items.admit(operation, call, caller);
    const { tables } = admitted;
    const fault = this.#options.faults.strike({ function: caller, operation: operation.name, tables, body });
    if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 0);
    const instead = fault && faultAnswer(fault);
    if (instead) return instead;
    const answer = await this.#items.send(admitted);
    return fault?.kind === 'lost' ? 'cut' : answer;
  }
}
