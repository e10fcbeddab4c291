import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { gatewayRecordKinds } from '../../shared/item-kinds.ts';
import type { GatewayCustomers } from '../commands/gateway-customers.ts';

/** Uses the table of gateway records. The items do not expire. */
export function gatewayCustomerStore(table: string): GatewayCustomers {
  const keyOf = (customerId: string) => ({ id: { S: `${gatewayRecordKinds.customers}${customerId}` } });
  return {
    async find(customerId) {
      const { Item } = await dynamo().send(
        new GetItemCommand({ TableName: table, Key: keyOf(customerId), ConsistentRead: true }),
      );
      return Item?.gatewayCustomerId?.S;
    },
    async keep(customerId, gatewayCustomerId) {
      const { Attributes } = await dynamo().send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(customerId),
          UpdateExpression: 'SET gatewayCustomerId = if_not_exists(gatewayCustomerId, :id)',
          ExpressionAttributeValues: { ':id': { S: gatewayCustomerId } },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes?.gatewayCustomerId?.S ?? gatewayCustomerId;
    },
  };
}
