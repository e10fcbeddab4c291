import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { writeIf } from '../../../shared/conditional-writes.ts';
import type { Pace } from '../../../shared/kernel/backoff.ts';
import { type AccessOptions, readRecords, tableAccess } from '../../../shared/table-access.ts';
import type { LocationRegistry } from '../commands/register-location.ts';
import { registryItemOf, registryRecord } from './registry-item.ts';

/** Stores all locations in one item of the inventory table. */
export function locationRegistry(
  table: string,
  options: AccessOptions = {},
): { readonly registry: LocationRegistry; readonly pace: Pace } {
  const access = tableAccess(table, options);
  const registry: LocationRegistry = {
    read: async () => (await readRecords(access, { registry: registryRecord }, 'strong')).registry,
    async write(after) {
      const result = await writeIf(access.pace, () =>
        access.client.send(
          new PutItemCommand({
            TableName: table,
            Item: registryItemOf(after),
            ConditionExpression: 'attribute_not_exists(pk) OR rev = :before',
            ExpressionAttributeValues: { ':before': { N: String(after.revision - 1) } },
          }),
        ),
      );
      return result.outcome === 'done';
    },
  };
  return { registry, pace: access.pace };
}
