import type { PlaceOrderBody } from '../../../api/orders.ts';
import type { PricedOrder } from '../../pricing/index.ts';
import { firstCharacters } from '../../shared/kernel/characters.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { countryOf } from './cart.ts';
import type { Commit, Origin } from './commit.ts';
import { withFittingTitles } from './fitting-titles.ts';

/**
 * Leading characters of a postal code that are kept in the log. They give the region of a parcel and identify no
 * household. Empty in a country without postal codes.
 */
const postalAreaLength = 3;

/** The first commit of an order, version 1. */
export function placementCommit(
  order: { readonly orderId: string; readonly customerId: string; readonly termsHash: string },
  body: PlaceOrderBody,
  priced: PricedOrder,
  origin: Origin,
  now: Instant,
): Commit {
  const postalCode = body.shippingAddress?.postalCode ?? '';
  const { taxIncluded, discounts, shippingOption, onlyShippingOption } = priced;
  const hadChoice = body.shippingOption !== undefined || !onlyShippingOption;
  return {
    ...origin,
    orderId: order.orderId,
    version: 1,
    committedAt: now,
    termsHash: order.termsHash,
    events: [
      {
        type: 'OrderPlaced',
        version: 1,
        data: {
          customerId: order.customerId,
          currency: body.currency,
          lines: withFittingTitles(priced.lines).map((line, index) => {
            return body.lines[index]?.unitPriceMinor === undefined ? line : { ...line, priceNamed: true };
          }),
          totals: priced.totals,
          shipTo: { country: countryOf(body), postalArea: firstCharacters(postalCode, postalAreaLength) },
          paymentMethodId: body.paymentMethodId,
          ...(body.savePaymentMethod === true ? { savesPaymentMethod: true } : {}),
          ...(body.returnUrl === undefined ? {} : { returnUrl: body.returnUrl }),
          ...(body.locale === undefined ? {} : { locale: body.locale }),
          // Absent means that the order may be split, so that the usual case takes no space in the log.
          ...(body.allowSplitShipments === false ? { allowSplitShipments: false } : {}),
          ...(taxIncluded && { taxIncluded }),
          ...(discounts && { discounts: [...discounts] }),
          // A market's only way of shipping takes no space either.
          ...(hadChoice && shippingOption !== undefined && { shippingOption }),
          ...(body.priceReason !== undefined && { priceReason: body.priceReason }),
        },
      },
    ],
  };
}
