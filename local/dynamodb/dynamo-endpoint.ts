import { setTimeout as sleep } from 'node:timers/promises';
import type { Authorize } from '../authorization.ts';
import { type AwsAnswer, type AwsCall, AwsError } from '../aws/call.ts';
import type { Meter } from '../meter.ts';
import type { App } from '../template/app.ts';
import { localArn } from '../template/resource-types.ts';
import { askForCapacity, reportedUnits, type Units, unitsOfRefusedWrite } from './capacity.ts';
import { LeadingKeysOfCall, type PartitionKey, partitionKeys } from './leading-keys.ts';
import { accessesOf, type ItemOperation, itemOperation } from './store-access.ts';
import type { StoreAnswer, StoreClient } from './store-client.ts';
import { faultAnswer, type StoreFaults } from './store-faults.ts';

export interface DynamoEndpointOptions {
  readonly region: string;
  readonly store: StoreClient;
  readonly faults: StoreFaults;
  readonly authorize: Authorize;
  readonly app: Pick<App, 'tables'>;
  readonly meter: Meter;
  /** Called for each table that a call has written to, once for each write of the call. */
  readonly written: (table: string) => void;
}

/** DynamoDB as the functions see it: checks grants, injects faults, counts units, and has the store do the work. */
export class DynamoEndpoint {
  readonly #options: DynamoEndpointOptions;
  readonly #partitionKey: PartitionKey;

  constructor(options: DynamoEndpointOptions) {
    this.#options = options;
    this.#partitionKey = partitionKeys(options.app.tables);
  }

  /**
   * @param caller the calling function, '' for a caller that is no function of the app
   * @throws AwsError when the caller's role does not allow the call
   */
  async answer(call: AwsCall, caller: string): Promise<AwsAnswer> {
    const { target, body } = call;
    const { region, store, faults, authorize } = this.#options;
    const operation = itemOperation(target);
    if (!operation) {
      if (caller) throw new AwsError('AccessDeniedException', `functions may not call ${target} locally`);
      return store.send(target, body);
    }
    const accesses = accessesOf(operation.name, body);
    const keys = new LeadingKeysOfCall(operation.name, body, this.#partitionKey);
    for (const [position, access] of accesses.entries()) {
      const { action, table, index } = access;
      const arn = localArn(region, 'dynamodb', `table/${table}${index ? `/index/${index}` : ''}`);
      authorize(caller, `dynamodb:${action}`, arn, () => keys.of(access, position));
    }
    const tables = accesses.map(({ table }) => table);
    const fault = faults.match({ function: caller, operation: operation.name, tables, body });
    if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 0);
    const instead = fault && faultAnswer(fault);
    if (instead) return instead;
    const answer = await this.#send(call, operation, caller, tables);
    return fault?.kind === 'lost' ? 'cut' : answer;
  }

  async #send(call: AwsCall, operation: ItemOperation, caller: string, tables: readonly string[]): Promise<AwsAnswer> {
    const { store, meter, written } = this.#options;
    const answer = await store.send(call.target, askForCapacity(call.body));
    const isDone = answer.status === 200;
    meter.countStoreCall(
      caller,
      operation.kind,
      isDone ? reportedUnits(answer.body) : refusedUnits(operation, call, answer),
    );
    if (isDone && operation.kind === 'write') for (const table of tables) written(table);
    return answer;
  }
}

function refusedUnits(operation: ItemOperation, call: AwsCall, { body }: StoreAnswer): Units {
  const isRefused = body.includes('ConditionalCheckFailed') || body.includes('TransactionCanceledException');
  return isRefused ? unitsOfRefusedWrite(operation, call.body) : [];
}
