import { setTimeout as sleep } from 'node:timers/promises';
import type { Authorize } from '../authorization.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { AwsAnswer, AwsCall } from '../aws/wire-server.ts';
import type { Meter } from '../meter.ts';
import { localArn } from '../template/resource-types.ts';
import { askForCapacity, reportedUnits, unitsOfRefusedWrite } from './capacity.ts';
import { accessesOf, ITEM_OPERATIONS } from './store-access.ts';
import type { StoreClient } from './store-client.ts';
import { faultAnswer, type StoreFaults } from './store-faults.ts';

export interface DynamoEndpointOptions {
  readonly store: StoreClient;
  readonly meter: Meter;
  readonly faults: StoreFaults;
  readonly authorize: Authorize;
  /** A table was written to: its stream has news. */
  readonly written: (table: string) => void;
}

/** Stands between the functions and the store: checks the grant, injects faults, meters, and wakes stream readers. */
export class DynamoEndpoint {
  readonly #options: DynamoEndpointOptions;

  constructor(options: DynamoEndpointOptions) {
    this.#options = options;
  }

  /** @param caller the function that calls, '' for somebody outside of the app */
  async answer(operation: string, { target, body }: AwsCall, caller: string): Promise<AwsAnswer> {
    const kind = ITEM_OPERATIONS[operation];
    if (!kind) {
      if (caller) throw new AwsError('AccessDeniedException', `functions may not call ${target} locally`);
      return this.#options.store.send(target, body);
    }
    const accesses = accessesOf(operation, body);
    for (const { action, table, index } of accesses) {
      const arn = localArn('dynamodb', `table/${table}${index ? `/index/${index}` : ''}`);
      this.#options.authorize(caller, `dynamodb:${action}`, arn);
    }
    const fault = this.#options.faults.strike({
      function: caller,
      operation,
      tables: accesses.map(({ table }) => table),
      body,
    });
    if (fault?.kind === 'slow') await sleep(fault.delayMs ?? 0);
    const instead = fault && faultAnswer(fault);
    if (instead) return instead;
    const answer = await this.#options.store.send(target, askForCapacity(body));
    this.#count(operation, kind, caller, body, answer);
    if (kind === 'write' && answer.status === 200) for (const { table } of accesses) this.#options.written(table);
    return fault?.kind === 'lost' ? 'cut' : answer;
  }

  #count(operation: string, kind: 'read' | 'write', caller: string, request: string, answer: Answer): void {
    const { meter } = this.#options;
    const units = answer.status === 200 ? reportedUnits(answer.body) : refusedUnits(operation, request, answer);
    const use = meter.function(caller || '(outside)');
    use.storeCalls++;
    for (const [name, count] of units) {
      const table = meter.table(name);
      table.calls++;
      if (kind === 'write') {
        table.writeUnits += count;
        use.writeUnits += count;
      } else {
        table.readUnits += count;
        use.readUnits += count;
      }
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function refusedUnits(operation: string, request: string, { body }: Answer) {
  const refused = body.includes('ConditionalCheckFailed') || body.includes('TransactionCanceledException');
  return refused ? unitsOfRefusedWrite(operation, request) : [];
}
