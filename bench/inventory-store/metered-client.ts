import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Client } from '../../functions/shared/table-access.ts';

/** The capacity units and requests that were used of a store. */
export interface Usage {
  writeUnits: number;
  readUnits: number;
  /** Requests by the name of the operation. Those that a condition refused are counted under a name of their own. */
  readonly requests: Map<string, number>;
}

interface Answer {
  readonly ConsumedCapacity?: Capacity | readonly Capacity[];
}

interface Capacity {
  readonly CapacityUnits?: number;
}

/** A client that adds up the cost of its requests. A refused write costs as much as the write itself. */
export function meteredClient(client: Pick<DynamoDBClient, 'send'>, usage: Usage): Client {
  const send = async (command: { readonly input: object }) => {
    Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
    const name = command.constructor.name.replace(/Command$/, '');
    const isRead = name.includes('Get') || name === 'Query';
    try {
      const answer = await (client.send as (command: unknown) => Promise<Answer>)(command);
      const units = [answer.ConsumedCapacity ?? []].flat().reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
      if (isRead) usage.readUnits += units;
      else usage.writeUnits += units;
      count(usage, name);
      return answer;
    } catch (error) {
      usage.writeUnits += unitsOfRefusal(command, error);
      count(usage, `${name} refused`);
      throw error;
    }
  };
  return { send } as unknown as Client;
}

function count({ requests }: Usage, name: string): void {
  requests.set(name, (requests.get(name) ?? 0) + 1);
}

/**
 * The units of a refused write, which the store does not return. By its documentation they follow from the size of the
 * item, twice that in a transaction.
 */
function unitsOfRefusal({ input }: { readonly input: object }, error: unknown): number {
  if (error instanceof ConditionalCheckFailedException) return Math.max(1, Math.ceil(sizeOf(error.Item ?? {}) / 1024));
  const actions = 'TransactItems' in input ? (input.TransactItems as unknown[]).length : 0;
  return 2 * actions;
}

function sizeOf(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueSize(value), 0);
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.M !== undefined) return 3 + sizeOf(value.M) + Object.keys(value.M).length;
  if (value.L !== undefined) return 3 + value.L.reduce((sum, each) => sum + valueSize(each) + 1, 0);
  return 1;
}
