import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { Cart } from '../../pricing/index.ts';

/** The fields of a request that its price follows from. */
type CartBody = Pick<
  PlaceOrderBody,
  'currency' | 'lines' | 'shippingOption' | 'discountCodes' | 'expectedTotalMinor'
> & {
  readonly shippingAddress?: { readonly country: string } | undefined;
  readonly country?: string | undefined;
};

/**
 * The country for the taxes: that of the address, or of an order without one.
 *
 * @throws Error for a request without either.
 */
export function countryOf({ shippingAddress, country }: Pick<CartBody, 'shippingAddress' | 'country'>): string {
  const code = shippingAddress?.country ?? country;
  if (code === undefined) throw new Error('a request without a country was accepted');
  return code;
}

/** What pricing reads of a request. */
export function cartOf(
  body: CartBody,
  { customerId, orderId }: { readonly customerId: string; readonly orderId?: string },
): Cart {
  const { currency, lines, shippingOption, discountCodes, expectedTotalMinor } = body;
  const place = { country: countryOf(body), countryField: body.shippingAddress ? undefined : 'country' };
  return { customerId, orderId, currency, ...place, lines, shippingOption, discountCodes, expectedTotalMinor };
}
