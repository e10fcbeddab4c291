import type { CurrentSettings } from '../../settings/index.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import { type Discount, isLimited } from '../domain/discount.ts';
import {
  type PricedOrder,
  type PricedProduct,
  type PricingRefusal,
  type PricingRequest,
  priceOptions,
  priceOrder,
} from '../domain/price-order.ts';
import type { DiscountStore, DiscountUses } from './discount-store.ts';

/** What a customer wants to order. */
export interface Cart extends Omit<PricingRequest, 'discounts' | 'now'> {
  readonly customerId: string;
  readonly discountCodes?: readonly string[] | undefined;
  /** The order that is placed; absent for a quote. */
  readonly orderId?: string | undefined;
}

export type CartRefusal =
  | PricingRefusal
  | Refusal<'ORDERING_CLOSED' | 'UNKNOWN_DISCOUNT' | 'DISCOUNT_USED_UP' | 'COUNTRY_NOT_SERVED'>;

/** An order with its price, and each way of shipping that it can be sent. */
export interface QuotedCart {
  readonly priced: PricedOrder;
  readonly options: ReturnType<typeof priceOptions>;
}

export interface CartPricing {
  /** The price of a cart now. */
  price(cart: Cart): Promise<PricedOrder | CartRefusal>;
  /** The same with the other ways of shipping. */
  quote(cart: Cart): Promise<QuotedCart | CartRefusal>;
}

/** Refusals that follow from settings or automatic discounts, of which another environment may know a newer version. */
const ofSettings: ReadonlySet<string> = new Set([
  'PRICE_CHANGED',
  'CURRENCY_NOT_SOLD',
  'COUNTRY_NOT_SERVED',
  'SHIPPING_NOT_AVAILABLE',
  'ORDERING_CLOSED',
]);

/** Prices carts by the products, markets, taxes and discounts of the shop as they are now. */
export function cartPricing(deps: {
  readonly products: (skus: readonly string[]) => Promise<ReadonlyMap<string, PricedProduct>>;
  readonly settings: CurrentSettings;
  readonly discounts: Pick<DiscountStore, 'automatic' | 'find' | 'forget'>;
  readonly uses: Pick<DiscountUses, 'count' | 'isUsedBy'>;
  readonly clock: Clock;
}): CartPricing {
  const { settings, discounts, uses } = deps;

  const prepare = async (cart: Cart) => {
    const skus = [...new Set(cart.lines.map(({ sku }) => sku))];
    const [products, markets, taxes, checkout, applicable] = await Promise.all([
      deps.products(skus),
      settings.read('markets'),
      settings.read('taxes'),
      settings.read('checkout'),
      discountsOf(cart),
    ]);
    if (isRefusal(applicable)) return applicable;
    if (checkout.ordering === 'closed') return refuse('ORDERING_CLOSED', 'The shop takes no orders at the moment.');
    const request: PricingRequest = { ...cart, discounts: applicable, now: deps.clock() };
    return { request, products, book: { markets, taxes } };
  };

  const discountsOf = async (cart: Cart): Promise<readonly Discount[] | CartRefusal> => {
    const [automatic, named] = await Promise.all([discounts.automatic(), namedIn(cart)]);
    if (isRefusal(named)) return named;
    const usable = await Promise.all(automatic.map(async (each) => ((await isUsedUp(each, cart)) ? [] : [each])));
    const codes = new Set(named.map(({ code }) => code));
    return [...named, ...usable.flat().filter(({ code }) => !codes.has(code))];
  };

  const namedIn = async (cart: Cart): Promise<readonly Discount[] | CartRefusal> => {
    const codes = cart.discountCodes ?? [];
    const found = await Promise.all(codes.map((code) => discounts.find(code)));
    const errorsOf = (wrong: readonly boolean[], message: string) =>
      codes.flatMap((code, index) =>
        wrong[index] ? [{ path: `discountCodes.${index}`, message: `${code} ${message}` }] : [],
      );
    const unknown = errorsOf(
      found.map((each) => each === undefined || each.automatic),
      'is not a discount code',
    );
    if (unknown.length > 0) return refuse('UNKNOWN_DISCOUNT', 'A discount code is not known.', unknown);
    const known = found.filter((each) => each !== undefined);
    const used = errorsOf(await Promise.all(known.map((each) => isUsedUp(each, cart))), 'is used up');
    return used.length > 0 ? refuse('DISCOUNT_USED_UP', 'A discount is used up.', used) : known;
  };

  const isUsedUp = async (discount: Discount, { customerId, orderId }: Cart): Promise<boolean> => {
    if (!isLimited(discount)) return false;
    const { code, maxUses = Number.POSITIVE_INFINITY, oncePerCustomer } = discount;
    const [count, isUsed] = await Promise.all([
      maxUses === Number.POSITIVE_INFINITY ? 0 : uses.count(code),
      oncePerCustomer && uses.isUsedBy(code, customerId, orderId),
    ]);
    return isUsed || count >= maxUses;
  };

  const priceAsKnown = async (cart: Cart): Promise<PricedOrder | CartRefusal> => {
    const prepared = await prepare(cart);
    if (isRefusal(prepared)) return prepared;
    return priceOrder(prepared.request, prepared.products, prepared.book);
  };

  const quoteAsKnown = async (cart: Cart): Promise<QuotedCart | CartRefusal> => {
    const prepared = await prepare(cart);
    if (isRefusal(prepared)) return prepared;
    const priced = priceOrder(prepared.request, prepared.products, prepared.book);
    if (isRefusal(priced)) return priced;
    return { priced, options: priceOptions(prepared.request, prepared.products, prepared.book) };
  };

  /** Prices again by what is stored now if the first answer may come from settings that have been changed. */
  const withNewest = async <Answer>(answer: () => Promise<Answer | CartRefusal>): Promise<Answer | CartRefusal> => {
    const first = await answer();
    if (!isRefusal(first) || !ofSettings.has((first as CartRefusal).refused.code)) return first;
    settings.forget();
    discounts.forget();
    return answer();
  };

  return {
    price: (cart) => withNewest(() => priceAsKnown(cart)),
    quote: (cart) => withNewest(() => quoteAsKnown(cart)),
  };
}
