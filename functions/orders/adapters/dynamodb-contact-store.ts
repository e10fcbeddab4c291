import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { contact, shippingAddress } from '../../../api/orders.ts';
import { dynamo } from '../../shared/aws/clients.ts';

const contactRecord = z.object({ orderId: z.string(), requestHash: z.string(), shippingAddress, contact });

/** The personal data of an order: kept apart from everything else, so that it can be erased. */
export type ContactRecord = z.output<typeof contactRecord>;

export interface ContactStore {
  /**
   * Written once for an order, before its first commit.
   *
   * @returns `reused` when the order's key was used with another request before.
   */
  put(record: ContactRecord): Promise<'stored' | 'reused'>;
  find(orderId: string): Promise<ContactRecord | undefined>;
}

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
