import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { discountCode } from '../../../api/discounts.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import type { Item } from '../../shared/batch-get.ts';
import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { TtlMap } from '../../shared/kernel/ttl-map.ts';
import type { DiscountStore } from '../commands/discount-store.ts';
import type { Discount } from '../domain/discount.ts';
import { definitions, discountFrom, discountItem } from './discount-items.ts';

const cursorContent = z.strictObject({ code: discountCode });
/** How long an environment uses the automatic discounts that it has read. The summary of put-discount says so. */
const cachedMs = 10_000;
const nowMs = () => Date.parse(systemClock());
/** Pages of discounts that are searched for automatic ones. */
const maxPages = 10;

/** The discounts in a table, in one partition. */
export function discountStore(table: string): DiscountStore {
  const cached = new TtlMap<readonly Discount[]>(cachedMs, 1);

  const query = async (limit: number | undefined, after: string | undefined, filter: object) => {
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :discounts',
        ExpressionAttributeValues: { ':discounts': { S: definitions } },
        ...(limit !== undefined && { Limit: limit }),
        ...(after !== undefined && { ExclusiveStartKey: keyOf(after) }),
        ...filter,
      }),
    );
    return { discounts: Items.map(discountFrom), last: LastEvaluatedKey?.sk?.S };
  };

  const readAutomatic = async (): Promise<readonly Discount[]> => {
    const found: Discount[] = [];
    let after: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const { discounts, last } = await query(undefined, after, {
        FilterExpression: 'automatic = :yes AND active = :yes',
        ExpressionAttributeValues: { ':discounts': { S: definitions }, ':yes': { BOOL: true } },
      });
      found.push(...discounts);
      if (last === undefined) break;
      after = last;
    }
    return found;
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
      cached.delete('all');
    },
    async put(discount) {
      await dynamo().send(new PutItemCommand({ TableName: table, Item: discountItem(discount) }));
    },
    async list(limit, cursor) {
      const start = cursor === undefined ? undefined : decodeCursor(cursorContent, cursor);
      if (isRefusal(start)) return start;
      const { discounts, last } = await query(limit, start?.code, {});
      return { discounts, ...(last !== undefined && { nextCursor: encodeCursor({ code: last }) }) };
    },
  };
}

function keyOf(code: string): Item {
  return { pk: { S: definitions }, sk: { S: code } };
}
