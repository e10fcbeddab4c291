import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Discount } from '../domain/discount.ts';
import { type DiscountStore, maxAutomatic } from './discount-store.ts';

/** Stores a discount. Refused when there are too many that apply by themselves; two changes at once may exceed the limit by one. */
export async function changeDiscount(
  discount: Discount,
  discounts: Pick<DiscountStore, 'automatic' | 'put'>,
): Promise<Discount | Refusal<'TOO_MANY_DISCOUNTS'>> {
  if (discount.automatic && discount.active) {
    const others = (await discounts.automatic()).filter(({ code }) => code !== discount.code);
    if (others.length >= maxAutomatic) {
      return refuse('TOO_MANY_DISCOUNTS', `At most ${maxAutomatic} active discounts may be automatic.`, [
        { path: 'automatic', message: `${others.length} others are` },
      ]);
    }
  }
  await discounts.put(discount);
  return discount;
}
