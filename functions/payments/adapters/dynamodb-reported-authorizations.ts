import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { addSeconds, type Clock } from '../../shared/kernel/time.ts';

/** Authorizations of most cards lapse after seven days. After that there is nothing to void. */
const keepSeconds = 8 * 24 * 60 * 60;

/** The authorization that the gateway reported last for each order. */
export interface ReportedAuthorizationStore {
  /** Safe to repeat. Replaces the authorization that was reported before for the order. */
  record(orderId: string, paymentId: string): Promise<void>;
  /** The gateway's id of the payment. */
  find(orderId: string): Promise<string | undefined>;
}

/** Uses the table of idempotency records, whose items expire after the time in `expiration` (seconds since 1970). */
export function reportedAuthorizationStore(table: string, clock: Clock): ReportedAuthorizationStore {
  const keyOf = (orderId: string) => ({ id: { S: `authorization#${orderId}` } });
  return {
    async record(orderId, paymentId) {
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
