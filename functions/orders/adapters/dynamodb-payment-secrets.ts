import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { gatewayRecordKinds } from '../../shared/item-kinds.ts';
import type { PaymentActions } from '../commands/payment-actions.ts';

/** Reads the table of gateway records, in which the payments keep what customers confirm them with. */
export function paymentActions(table: string): PaymentActions {
  return {
    async find(orderId, paymentId) {
      const Key = { id: { S: `${gatewayRecordKinds.actions}${orderId}` } };
      const { Item } = await dynamo().send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      if (Item?.paymentId?.S !== paymentId || Item.clientSecret?.S === undefined) return undefined;
      const redirectUrl = Item.redirectUrl?.S;
      return { clientSecret: Item.clientSecret.S, ...(redirectUrl === undefined ? {} : { redirectUrl }) };
    },
  };
}
