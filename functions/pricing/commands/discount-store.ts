import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { Discount } from '../domain/discount.ts';

/** Active discounts that apply by themselves: each order is compared with all of them. */
export const maxAutomatic = 20;

/** A discount of which an order may use one. */
export interface DiscountUse {
  readonly code: string;
  readonly oncePerCustomer: boolean;
  readonly maxUses?: number | undefined;
}

export interface DiscountPage {
  readonly discounts: readonly Discount[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** The discounts of the shop. */
export interface DiscountStore {
  find(code: string): Promise<Discount | undefined>;
  /** The active ones that apply by themselves; they may be some seconds old. */
  automatic(): Promise<readonly Discount[]>;
  /** From now on the automatic ones are read again, unless they were within the last second. */
  forget(): void;
  put(discount: Discount): Promise<void>;
  list(limit: number, cursor?: string): Promise<DiscountPage | Refusal<'INVALID_CURSOR'>>;
}

/** An order that has a use of a discount. */
export interface UsingOrder {
  readonly code: string;
  readonly orderId: string;
  readonly customerId: string;
  /** Whether it is in the count: only uses of a discount with a limit of uses are. */
  readonly counted: boolean;
}

/**
 * The uses of discounts that are counted. An order has a use of each of its discounts or of none. After it was released, an order
 * never gets a use again, so that a late repetition of the reservation leaves nothing behind.
 */
export interface DiscountUses {
  /** Orders that have a counted use. */
  count(code: string): Promise<number>;
  /** Whether an order has a use now. */
  has(code: string, orderId: string): Promise<boolean>;
  /** Whether another order of the customer has a use. @param orderId left out before the order has an id. */
  isUsedBy(code: string, customerId: string, orderId?: string): Promise<boolean>;
  /**
   * Reserves a use of each discount for the order. A repeated call changes nothing.
   *
   * @throws TransientFault when others changed the same counts during every attempt.
   */
  reserve(
    order: { readonly orderId: string; readonly customerId: string },
    uses: readonly DiscountUse[],
  ): Promise<'reserved' | Refusal<'DISCOUNT_USED_UP' | 'ORDER_ENDED'>>;
  /** Releases the uses that the order has. A repeated call changes nothing. @throws TransientFault like `reserve`. */
  release(order: { readonly orderId: string; readonly customerId: string }, codes: readonly string[]): Promise<void>;
  /** The orders that have a use of a discount, by page. */
  usingOrders(code: string): AsyncGenerator<readonly UsingOrder[]>;
}
