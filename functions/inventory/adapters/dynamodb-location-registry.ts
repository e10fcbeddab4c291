import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { batchGet } from '../../shared/batch-get.ts';
import { backOff, type Pace, systemPace } from '../../shared/kernel/backoff.ts';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import { type LocationRegistry, maxLocations, registryWith } from '../domain/locations.ts';
import { type Client, writeIf } from './conditional-writes.ts';
import { registryKey } from './keys.ts';
import { type Registry, registryFrom, registryItemOf } from './location-item.ts';

/** Times a change is made anew because another one came first. Staff are few. */
const maxAttempts = 8;

/** All locations in one item of the inventory's table: whoever sources orders reads them along with the plans. */
export function locationRegistry(
  table: string,
  { client = dynamo(), pace = systemPace }: { readonly client?: Client; readonly pace?: Pace } = {},
): LocationRegistry {
  const read = async (): Promise<Registry> => {
    const [item] = await batchGet(client, { table, keys: [{ pk: { S: registryKey } }], latest: true }, pace);
    return registryFrom(item);
  };
  const write = (after: Registry) =>
    writeIf(() =>
      client.send(
        new PutItemCommand({
          TableName: table,
          Item: registryItemOf(after),
          ConditionExpression: 'attribute_not_exists(pk) OR rev = :before',
          ExpressionAttributeValues: { ':before': { N: String(after.revision - 1) } },
        }),
      ),
    );
  return {
    all: async () => (await read()).locations,
    async put(location) {
      for (let attempt = 0; attempt < maxAttempts; attempt++) {
        const before = await read();
        const locations = registryWith(before.locations, location);
        if (locations.length > maxLocations) {
          return refuse('TOO_MANY_LOCATIONS', `There may be ${maxLocations} locations.`);
        }
        const { outcome } = await write({ locations, revision: before.revision + 1 });
        if (outcome === 'done') return location;
        await backOff(attempt, pace);
      }
      throw new TransientFault(`the locations changed ${maxAttempts} times meanwhile`);
    },
  };
}
