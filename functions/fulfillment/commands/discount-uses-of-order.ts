import type { DiscountStore, DiscountUse, DiscountUses } from '../../pricing/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { limitedCodes, type WithDiscounts } from '../domain/limited-discounts.ts';

type Reserved = readonly string[] | Refusal<'DISCOUNT_USED_UP' | 'ORDER_ENDED'>;

/**
 * Reserves the uses of an order's discounts whose uses are counted, before its stock. They are released with the stock when the
 * order is undone. An order without such discounts costs nothing.
 *
 * @returns the order's codes, or a refusal when a discount is used up or the order was undone before.
 */
export function discountReserver({
  discounts,
  uses,
}: {
  readonly discounts: Pick<DiscountStore, 'find'>;
  readonly uses: Pick<DiscountUses, 'reserve'>;
}) {
  return async (orderId: string, order: WithDiscounts): Promise<Reserved> => {
    const codes = limitedCodes(order);
    if (codes.length === 0) return codes;
    const found = await Promise.all(codes.map((code) => discounts.find(code)));
    const wanted: DiscountUse[] = [];
    for (const [index, code] of codes.entries()) {
      // The order has the discount at the price that it was placed with, also when the discount was deleted since.
      const { oncePerCustomer = false, maxUses } = found[index] ?? {};
      wanted.push({ code, oncePerCustomer, maxUses });
    }
    const reserved = await uses.reserve({ orderId, customerId: order.customerId }, wanted);
    return isRefusal(reserved) ? reserved : codes;
  };
}

/** Releases the uses of an order's discounts. */
export function discountReleaser(uses: Pick<DiscountUses, 'release'>) {
  return async (orderId: string, order: WithDiscounts): Promise<void> => {
    const codes = limitedCodes(order);
    if (codes.length > 0) await uses.release({ orderId, customerId: order.customerId }, codes);
  };
}
