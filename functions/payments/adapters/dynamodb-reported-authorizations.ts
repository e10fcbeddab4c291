import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { gatewayRecordKinds } from '../../shared/item-kinds.ts';
import { addSeconds, type Clock } from '../../shared/kernel/time.ts';

/** Authorizations of most cards lapse after seven days. After that there is nothing to void. */
const keepSeconds = 8 * 24 * 60 * 60;

/** The authorizations that the gateway has reported for each order. */
export interface ReportedAuthorizationStore {
  /** Adds one to those that were reported before for the order. Safe to repeat. */
  record(orderId: string, paymentId: string): Promise<void>;
  /** The gateway's ids of the payments. */
  ofOrder(orderId: string): Promise<readonly string[]>;
}

/** Uses the table of gateway records, whose items expire after the time in `expiration` (seconds since 1970). */
export function reportedAuthorizationStore(table: string, clock: Clock): ReportedAuthorizationStore {
  const keyOf = (orderId: string) => ({ id: { S: `${gatewayRecordKinds.authorizations}${orderId}` } });
  return {
    async record(orderId, paymentId) {
      const expiration = Math.floor(Date.parse(addSeconds(clock(), keepSeconds)) / 1000);
      await dynamo().send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(orderId),
          // Adding to a set keeps what concurrent reports add, and adds the same id once.
          UpdateExpression: 'ADD payments :payment SET expiration = :expiration',
          ExpressionAttributeValues: {
            ':payment': { SS: [paymentId] },
            ':expiration': { N: String(expiration) },
          },
        }),
      );
    },
    async ofOrder(orderId) {
      const { Item } = await dynamo().send(
        new GetItemCommand({ TableName: table, Key: keyOf(orderId), ConsistentRead: true }),
      );
      return Item?.payments?.SS ?? [];
    },
  };
}
