import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { gatewayRecordKinds } from '../../shared/item-kinds.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { PaymentAction } from '../commands/payment-gateway.ts';

/** With what customers confirm the payments that wait for them. */
export interface PaymentActionStore {
  /** Keeps the secrets of an order's payment until some time after `before`. Safe to repeat. */
  keep(
    orderId: string,
    action: Pick<PaymentAction, 'paymentId' | 'clientSecret' | 'redirectUrl'>,
    before: Instant,
  ): Promise<void>;
}

/** Uses the table of gateway records, whose items expire after the time in `expiration` (seconds since 1970). */
export function paymentActionStore(table: string): PaymentActionStore {
  return {
    async keep(orderId, { paymentId, clientSecret, redirectUrl }, before) {
      await dynamo().send(
        new PutItemCommand({
          TableName: table,
          Item: {
            id: { S: `${gatewayRecordKinds.actions}${orderId}` },
            paymentId: { S: paymentId },
            clientSecret: { S: clientSecret },
            ...(redirectUrl === undefined ? {} : { redirectUrl: { S: redirectUrl } }),
            expiration: { N: String(Math.ceil(Date.parse(before) / 1000)) },
          },
        }),
      );
    },
  };
}
