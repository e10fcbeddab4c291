import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { discountResource } from '../../../api/discounts.ts';
import type { Item } from '../../shared/batch-get.ts';
import { discountKinds } from '../../shared/item-kinds.ts';
import type { Discount } from '../domain/discount.ts';

/** The partition of the discounts themselves, and that of copies of the active ones that apply by themselves. */
export const definitions = `${discountKinds.definition}all`;
export const automaticOnes = `${discountKinds.definition}automatic`;

/** A stored discount: as the API returns it, with the code as the sort key. */
const schema = z.extend(z.omit(discountResource, { code: true, uses: true }), { sk: z.string() });

export function discountItem({ code, value, ...discount }: Discount, partition = definitions): Item {
  return marshall({ pk: partition, sk: code, ...discount, ...value }, { removeUndefinedValues: true });
}

/** The discount in an item. @throws Error when the item is no discount. */
export function discountFrom(item: Item): Discount {
  const { sk: code, basisPoints, amounts, ...discount } = z.parse(schema, unmarshall(item));
  const value = basisPoints === undefined ? { amounts: amounts ?? [] } : { basisPoints };
  return { code, value, ...discount };
}

/** The items about the uses of a discount are in a partition of their own. */
export const usesOf = (code: string) => `${discountKinds.uses}${code}`;

export const countKey = (code: string): Item => ({ pk: { S: usesOf(code) }, sk: { S: 'count' } });
export const orderKey = (code: string, orderId: string): Item => ({
  pk: { S: usesOf(code) },
  sk: { S: `order#${orderId}` },
});
export const customerKey = (code: string, customerId: string): Item => ({
  pk: { S: usesOf(code) },
  sk: { S: `customer#${customerId}` },
});
