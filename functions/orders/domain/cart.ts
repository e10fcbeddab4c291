import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { Cart } from '../../pricing/index.ts';

/** The fields of a request that its price follows from. */
type CartBody = Pick<
  PlaceOrderBody,
  'currency' | 'lines' | 'shippingOption' | 'discountCodes' | 'expectedTotalMinor'
> & { readonly shippingAddress: { readonly country: string } };

/** What pricing reads of a request. */
export function cartOf(
  { shippingAddress: { country }, ...body }: CartBody,
  { customerId, orderId }: { readonly customerId: string; readonly orderId?: string },
): Cart {
  const { currency, lines, shippingOption, discountCodes, expectedTotalMinor } = body;
  return { customerId, orderId, currency, country, lines, shippingOption, discountCodes, expectedTotalMinor };
}
