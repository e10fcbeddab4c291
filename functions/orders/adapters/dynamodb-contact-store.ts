import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { addressResource, contactResource } from '../../../api/recipient.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import type { ContactStore } from '../commands/contact-store.ts';

const contactRecord = z.object({
  orderId: z.string(),
  requestHash: z.string(),
  shippingAddress: addressResource,
  contact: contactResource,
});

/** The store of personal data in the table `Contacts`. */
export function contactStore(table: string): ContactStore {
  return {
    async put(record) {
      try {
        await dynamo().send(
          new PutItemCommand({
            TableName: table,
            Item: marshall(record, { removeUndefinedValues: true }),
            ConditionExpression: 'attribute_not_exists(orderId) OR requestHash = :hash',
            ExpressionAttributeValues: { ':hash': { S: record.requestHash } },
          }),
        );
        return 'stored';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'reused';
        throw error;
      }
    },
    async find(orderId) {
      const { Item } = await dynamo().send(
        new GetItemCommand({ TableName: table, Key: { orderId: { S: orderId } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : z.parse(contactRecord, unmarshall(Item));
    },
  };
}
