import { putDiscount } from '../../api/discounts.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { codeInPath } from './adapters/code-in-path.ts';
import { discountUses } from './adapters/dynamodb-discount-uses.ts';
import { discountStore } from './adapters/dynamodb-discounts.ts';
import { changeDiscount } from './commands/change-discount.ts';
import { discountFromBody, discountResource } from './domain/discount-resource.ts';

const { DISCOUNTS_TABLE: table } = readConfig('DISCOUNTS_TABLE');
const [discounts, uses] = [discountStore(table), discountUses(table)];

export const handler = httpHandler(putDiscount, async ({ path, body }) => {
  const code = codeInPath(path);
  if (isRefusal(code)) return code;
  const discount = await changeDiscount(discountFromBody(code.value, body), discounts);
  if (isRefusal(discount)) return discount;
  return { body: discountResource(discount, await uses.count(code.value)) };
});
