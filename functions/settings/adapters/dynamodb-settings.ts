import {
  type AttributeValue,
  ConditionalCheckFailedException,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import {
  checkoutPolicyResource,
  countryTaxesResource,
  marketResource,
  type SettingName,
  settingName,
} from '../../../api/settings.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import type { SettingStore } from '../commands/setting-store.ts';
import type { Setting } from '../domain/setting.ts';

const stored = z.object({
  name: settingName,
  version: z.int(),
  /** JSON. */
  value: z.string(),
  changedAt: z.string(),
  changedBy: z.string(),
  reason: z.string(),
});

/** The values as they are read: fields that a newer version has added are left out. */
const values = {
  markets: z.array(marketResource),
  taxes: z.array(countryTaxesResource),
  checkout: checkoutPolicyResource,
} as const;

/** Settings in a table with an item for each version: `name` and `version` are its key. */
export function settingStore(table: string): SettingStore {
  const newest = async (name: SettingName, limit: number): Promise<Setting[]> => {
    const { Items = [] } = await dynamo().send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: '#name = :name',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':name': { S: name } },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit,
      }),
    );
    return Items.map(settingFrom);
  };
  return {
    latest: async <Name extends SettingName>(name: Name) => (await newest(name, 1))[0] as Setting<Name> | undefined,
    versions: newest,
    async append({ name, version, value, changedAt, changedBy, reason }) {
      const put = new PutItemCommand({
        TableName: table,
        Item: {
          name: { S: name },
          version: { N: String(version) },
          value: { S: JSON.stringify(value) },
          changedAt: { S: changedAt ?? '' },
          changedBy: { S: changedBy ?? '' },
          reason: { S: reason ?? '' },
        },
        ConditionExpression: 'attribute_not_exists(version)',
      });
      try {
        await dynamo().send(put);
        return 'appended';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        throw error;
      }
    },
  };
}

/** The setting in an item. @throws Error when its value is not one that this version can read. */
function settingFrom(item: Record<string, AttributeValue>): Setting {
  const { value, ...setting } = z.parse(stored, unmarshall(item));
  return { ...setting, value: z.parse(values[setting.name], JSON.parse(value)) } as Setting;
}
