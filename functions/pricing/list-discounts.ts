import { listDiscounts } from '../../api/discounts.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { discountUses } from './adapters/dynamodb-discount-uses.ts';
import { discountStore } from './adapters/dynamodb-discounts.ts';
import { discountResource } from './domain/discount-resource.ts';

const { DISCOUNTS_TABLE: table } = readConfig('DISCOUNTS_TABLE');
const [discounts, uses] = [discountStore(table), discountUses(table)];
const defaultPageSize = 50;

export const handler = httpHandler(listDiscounts, async ({ query }) => {
  const page = await discounts.list(query.limit ?? defaultPageSize, query.cursor);
  if (isRefusal(page)) return page;
  const items = await Promise.all(
    page.discounts.map(async (each) => discountResource(each, await uses.count(each.code))),
  );
  return { body: { items, nextCursor: page.nextCursor } };
});
