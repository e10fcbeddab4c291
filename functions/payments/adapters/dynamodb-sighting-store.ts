import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { addSeconds, type Clock } from '../../shared/kernel/time.ts';

/** An authorization lapses after seven days at most cards; by then the note is of no use. */
const keepSeconds = 8 * 24 * 60 * 60;

/** Authorizations that the gateway reported, by order. */
export interface SightingStore {
  /** The same note twice is one note. */
  note(orderId: string, paymentId: string): Promise<void>;
  find(orderId: string): Promise<string | undefined>;
}

/** Keeps the notes in the table of idempotency records: they are of the same kind, and expire by themselves. */
export function sightingStore(table: string, clock: Clock): SightingStore {
  const keyOf = (orderId: string) => ({ id: { S: `authorization#${orderId}` } });
  return {
    async note(orderId, paymentId) {
      const expiration = Math.floor(Date.parse(addSeconds(clock(), keepSeconds)) / 1000);
      await dynamo().send(
        new PutItemCommand({
          TableName: table,
          Item: { ...keyOf(orderId), paymentId: { S: paymentId }, expiration: { N: String(expiration) } },
        }),
      );
    },
    async find(orderId) {
      const { Item } = await dynamo().send(
        new GetItemCommand({ TableName: table, Key: keyOf(orderId), ConsistentRead: true }),
      );
      return Item?.paymentId?.S;
    },
  };
}
