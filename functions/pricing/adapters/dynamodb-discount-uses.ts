import { GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../shared/batch-get.ts';
import { transact } from '../../shared/conditional-writes.ts';
import { backOff } from '../../shared/kernel/backoff.ts';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import { type AccessOptions, tableAccess } from '../../shared/table-access.ts';
import type { DiscountUse, DiscountUses } from '../commands/discount-store.ts';
import { countKey, customerKey, orderKey, usesOf } from './discount-items.ts';

/** Transactions for one order, before the step of the saga is repeated. */
const maxAttempts = 12;
/** The states of the item that an order has for each of its discounts. */
const reserved = { S: 'reserved' };
const released = { S: 'released' };

const usedUp = (code: string) => refuse('DISCOUNT_USED_UP', `The discount ${code} is used up.`);

/**
 * The uses of discounts in a table: for each discount a count, an item for each order that has a use or had one, and for a
 * discount once a customer an item for the customer. They change in one transaction.
 */
export function discountUses(table: string, options: AccessOptions = {}): DiscountUses {
  const access = tableAccess(table, options);
  const read = async (key: Item): Promise<Item | undefined> =>
    (await access.client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

  return {
    has: async (code, orderId) => (await read(orderKey(code, orderId)))?.state?.S === reserved.S,
    count: async (code) => Number((await read(countKey(code)))?.uses?.N ?? 0),
    async isUsedBy(code, customerId, orderId) {
      const found = await read(customerKey(code, customerId));
      return found !== undefined && found.orderId?.S !== orderId;
    },
    async reserve({ orderId, customerId }, uses) {
      const { orders, counts } = reservation(table, orderId, customerId, uses);
      for (let attempt = 0; attempt < maxAttempts; attempt++) {
        const result = await transact(access, [...orders, ...counts.map(({ write }) => write)]);
        if (result.outcome === 'done') return 'reserved';
        if (result.outcome === 'refused') {
          // The items of the order's discounts were written together, so the first one says what became of all.
          const own = result.found.get(0);
          if (own !== undefined) {
            return own.state?.S === reserved.S ? 'reserved' : refuse('ORDER_ENDED', 'The order is being undone.');
          }
          const [position = 0] = result.found.keys();
          return usedUp(counts[position - orders.length]?.code ?? uses[0]?.code ?? '');
        }
        await backOff(attempt, access.pace);
      }
      throw new TransientFault(`order ${orderId}: the uses of its discounts changed during ${maxAttempts} attempts`);
    },
    async release({ orderId, customerId }, codes) {
      for (const code of codes) {
        for (let attempt = 0; ; attempt++) {
          const own = await read(orderKey(code, orderId));
          if (own?.state?.S === released.S) break;
          const { outcome } = await transact(access, releaseOf(table, { code, orderId, customerId }, own));
          if (outcome === 'done') break;
          if (attempt === maxAttempts)
            throw new TransientFault(`order ${orderId}: ${code} changed during ${attempt} attempts`);
          await backOff(attempt, access.pace);
        }
      }
    },
    async *usingOrders(code) {
      let from: Item | undefined;
      do {
        const page = await access.client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :uses AND begins_with(sk, :orders)',
            FilterExpression: '#state = :reserved',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':uses': { S: usesOf(code) },
              ':orders': { S: 'order#' },
              ':reserved': reserved,
            },
            ConsistentRead: true,
            ExclusiveStartKey: from,
          }),
        );
        yield (page.Items ?? []).map(({ sk, customerId, counted }) => ({
          ...{ code, orderId: sk?.S?.slice('order#'.length) ?? '', customerId: customerId?.S ?? '' },
          counted: counted?.BOOL === true,
        }));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    },
  };
}

/** The writes of a reservation: the order's item of each discount, then the counts and customers with their discounts. */
function reservation(table: string, orderId: string, customerId: string, uses: readonly DiscountUse[]) {
  const orders = uses.map(({ code, oncePerCustomer, maxUses }): TransactWriteItem => {
    const kept = {
      ...{ state: reserved, customerId: { S: customerId } },
      ...(oncePerCustomer && { once: { BOOL: true } }),
      ...(maxUses !== undefined && { counted: { BOOL: true } }),
    };
    return {
      Put: {
        TableName: table,
        Item: { ...orderKey(code, orderId), ...kept },
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  });
  const counts = uses.flatMap(({ code, oncePerCustomer, maxUses }) => [
    // Without a limit there is no count, on which all orders of a sale would meet.
    ...(maxUses === undefined ? [] : [{ code, write: countOneMore(table, code, maxUses) }]),
    ...(oncePerCustomer ? [{ code, write: customerOnce(table, code, customerId, orderId) }] : []),
  ]);
  return { orders, counts };
}

function countOneMore(table: string, code: string, maxUses: number): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: countKey(code),
      UpdateExpression: 'SET uses = if_not_exists(uses, :none) + :one',
      ConditionExpression: 'attribute_not_exists(uses) OR uses < :most',
      ExpressionAttributeValues: {
        ':none': { N: '0' },
        ':one': { N: '1' },
        ':most': { N: String(maxUses) },
      },
    },
  };
}

function customerOnce(table: string, code: string, customerId: string, orderId: string): TransactWriteItem {
  return {
    Put: {
      TableName: table,
      Item: { ...customerKey(code, customerId), orderId: { S: orderId } },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

/** The writes that release an order's use, by the item that it has. Without a use, they keep the order from getting one. */
function releaseOf(
  table: string,
  { code, orderId, customerId }: { readonly code: string; readonly orderId: string; readonly customerId: string },
  own: Item | undefined,
): TransactWriteItem[] {
  const mark: TransactWriteItem = {
    Put: {
      TableName: table,
      Item: { ...orderKey(code, orderId), state: released, customerId: { S: customerId } },
      ConditionExpression: own === undefined ? 'attribute_not_exists(pk)' : '#state = :reserved',
      ...(own !== undefined && {
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':reserved': reserved },
      }),
    },
  };
  if (own === undefined) return [mark];
  const countOneLess: TransactWriteItem = {
    Update: {
      TableName: table,
      Key: countKey(code),
      UpdateExpression: 'SET uses = uses - :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  };
  const customerAgain: TransactWriteItem = {
    Delete: {
      TableName: table,
      Key: customerKey(code, own.customerId?.S ?? customerId),
      ConditionExpression: 'orderId = :order',
      ExpressionAttributeValues: { ':order': { S: orderId } },
    },
  };
  return [
    mark,
    ...(own.counted?.BOOL === true ? [countOneLess] : []),
    ...(own.once?.BOOL === true ? [customerAgain] : []),
  ];
}
