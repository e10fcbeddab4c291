import { getDiscount } from '../../api/discounts.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal, refuse } from '../shared/kernel/refusal.ts';
import { codeInPath } from './adapters/code-in-path.ts';
import { discountUses } from './adapters/dynamodb-discount-uses.ts';
import { discountStore } from './adapters/dynamodb-discounts.ts';
import { discountResource } from './domain/discount-resource.ts';

const { DISCOUNTS_TABLE: table } = readConfig('DISCOUNTS_TABLE');
const [discounts, uses] = [discountStore(table), discountUses(table)];

export const handler = httpHandler(getDiscount, async ({ path }) => {
  const code = codeInPath(path);
  if (isRefusal(code)) return code;
  const discount = await discounts.find(code.value);
  if (discount === undefined) return refuse('NOT_FOUND', 'There is no such discount.');
  return { body: discountResource(discount, await uses.count(code.value)) };
});
