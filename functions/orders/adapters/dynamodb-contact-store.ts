import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { addressResource, contactResource } from '../../../api/recipient.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import type { ContactStore } from '../commands/contact-store.ts';

const contactRecord = z.object({
  orderId: z.string(),
  requestHash: z.string(),
  shippingAddress: z.optional(addressResource),
  contact: contactResource,
  lineNotes: z.optional(z.record(z.string(), z.string())),
});

/**
 * The store of personal data in the table `Contacts`. The attribute `expiresAt`, in seconds since 1970, is the table's time to
 * live; the item of a placed order does not have it.
 */
export function contactStore(table: string): ContactStore {
  return {
    async put(record, expiresAt) {
      const item = { ...record, expiresAt: Math.ceil(Date.parse(expiresAt) / 1_000) };
      try {
        await dynamo().send(
          new PutItemCommand({
            TableName: table,
            Item: marshall(item, { removeUndefinedValues: true }),
            // Without the second part, the repeated request of a placed order would let its contact expire.
            ConditionExpression:
              'attribute_not_exists(orderId) OR (requestHash = :hash AND attribute_exists(expiresAt))',
            ExpressionAttributeValues: { ':hash': { S: record.requestHash } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'stored';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const { Item } = error;
        return isErased(Item) || Item?.requestHash?.S === record.requestHash ? 'stored' : 'reused';
      }
    },
    async keep(orderId) {
      try {
        await dynamo().send(
          new UpdateItemCommand({
            TableName: table,
            Key: { orderId: { S: orderId } },
            UpdateExpression: 'REMOVE expiresAt',
            ConditionExpression: 'attribute_exists(expiresAt)',
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    async find(orderId) {
      const { Item } = await dynamo().send(
        new GetItemCommand({ TableName: table, Key: { orderId: { S: orderId } }, ConsistentRead: true }),
      );
      return Item === undefined || isErased(Item) ? undefined : z.parse(contactRecord, unmarshall(Item));
    },
  };
}

/** What remains of an erased record keeps a repeated request from storing the data again. */
function isErased(item: Record<string, AttributeValue> | undefined): boolean {
  return item !== undefined && item.shippingAddress === undefined && item.contact === undefined;
}
