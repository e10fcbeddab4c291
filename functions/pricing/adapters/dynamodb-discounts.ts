import {
  GetItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { discountCode } from '../../../api/discounts.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import type { Item } from '../../shared/batch-get.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { TtlMap } from '../../shared/kernel/ttl-map.ts';
import { logger } from '../../shared/logging.ts';
import { type DiscountStore, maxAutomatic } from '../commands/discount-store.ts';
import type { Discount } from '../domain/discount.ts';
import { automaticOnes, definitions, discountFrom, discountItem } from './discount-items.ts';

const cursorContent = z.strictObject({ code: discountCode });
/** How long an environment uses the automatic discounts that it has read. The summary of put-discount says so. */
const cachedMs = 10_000;
/** What was read just now is not read again, however often a request asks for it. */
const freshMs = 1_000;
const nowMs = () => Date.parse(systemClock());

/** The discounts in a table, in one partition, with copies of those that apply by themselves in another. */
export function discountStore(table: string): DiscountStore {
  const cached = new TtlMap<readonly Discount[]>(cachedMs, 1);

  const readAutomatic = async (): Promise<readonly Discount[]> => {
    const { Items = [] } = await dynamo().send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :automatic',
        ExpressionAttributeValues: { ':automatic': { S: automaticOnes } },
        ConsistentRead: true,
        Limit: maxAutomatic + 1,
      }),
    );
    return Items.flatMap(readable);
  };

  return {
    async find(code) {
      const { Item } = await dynamo().send(
        new GetItemCommand({ TableName: table, Key: keyOf(code), ConsistentRead: true }),
      );
      return Item && discountFrom(Item);
    },
    async automatic() {
      const known = cached.get('all', nowMs());
      if (known !== undefined) return known;
      const read = await readAutomatic();
      cached.set('all', read, nowMs());
      return read;
    },
    forget() {
      cached.deleteOlder('all', freshMs, nowMs());
    },
    async put(discount) {
      const copy: TransactWriteItem =
        discount.automatic && discount.active
          ? { Put: { TableName: table, Item: discountItem(discount, automaticOnes) } }
          : { Delete: { TableName: table, Key: keyOf(discount.code, automaticOnes) } };
      await dynamo().send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: table, Item: discountItem(discount) } }, copy],
        }),
      );
    },
    async list(limit, cursor) {
      const start = cursor === undefined ? undefined : decodeCursor(cursorContent, cursor);
      if (isRefusal(start)) return start;
      const { Items = [], LastEvaluatedKey } = await dynamo().send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :discounts',
          ExpressionAttributeValues: { ':discounts': { S: definitions } },
          Limit: limit,
          ...(start !== undefined && { ExclusiveStartKey: keyOf(start.code) }),
        }),
      );
      const last = LastEvaluatedKey?.sk?.S;
      return {
        discounts: Items.map(discountFrom),
        ...(last !== undefined && { nextCursor: encodeCursor({ code: last }) }),
      };
    },
  };
}

function keyOf(code: string, partition = definitions): Item {
  return { pk: { S: partition }, sk: { S: code } };
}

/** The discount in an item; none where a newer version of the software has stored something that this one does not know. */
function readable(item: Item): Discount[] {
  try {
    return [discountFrom(item)];
  } catch (error) {
    logger.error('automatic discount unreadable', { code: item.sk?.S, error: error as Error });
    return [];
  }
}
