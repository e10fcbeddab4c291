import type { DiscountResource, PutDiscountBody } from '../../../api/discounts.ts';
import type { Discount } from './discount.ts';

/** The discount that a request describes. */
export function discountFromBody(code: string, { basisPoints, amounts, ...body }: PutDiscountBody): Discount {
  return { code, ...body, value: basisPoints === undefined ? { amounts: amounts ?? [] } : { basisPoints } };
}

/** A discount as the API returns it. @param uses orders that have one, if they are counted. */
export function discountResource({ value, ...discount }: Discount, uses: number): DiscountResource {
  const { skus, minimum, ...rest } = discount;
  return {
    ...rest,
    ...('basisPoints' in value ? value : { amounts: [...value.amounts] }),
    ...(skus !== undefined && { skus: [...skus] }),
    ...(minimum !== undefined && { minimum: [...minimum] }),
    ...(discount.maxUses !== undefined && { uses }),
  };
}
